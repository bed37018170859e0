-- How a message left, or why it did not. sent: WeChat took it. skipped: nobody who could be told
-- can be reached, and that is nobody's fault. failed: a person must look.
-- strikes counts claims that ended without a word, as when a process dies; unsure counts sends that
-- may have arrived.
ALTER TABLE outbox
    MODIFY COLUMN state ENUM('queued', 'sent', 'failed', 'skipped') NOT NULL DEFAULT 'queued',
    ADD COLUMN strikes INT NOT NULL DEFAULT 0,
    ADD COLUMN unsure INT NOT NULL DEFAULT 0,
    ADD COLUMN reason VARCHAR(32) NULL,
    ADD COLUMN last_code VARCHAR(16) NULL,
    ADD COLUMN way ENUM('template', 'text') NULL,
    ADD COLUMN openid VARCHAR(128) NULL,
    ADD COLUMN msgid VARCHAR(32) NULL,
    ADD COLUMN ended_ms BIGINT NULL,
    -- What WeChat told later about a template message.
    ADD COLUMN delivery ENUM('delivered', 'blocked', 'failed') NULL,
    ADD COLUMN delivery_ms BIGINT NULL,
    ADD KEY outbox_msgid (msgid);

-- What WeChat told, until it is written on its message: it may come before the answer to the send
-- is kept, and the account may have other senders.
CREATE TABLE template_deliveries (
    msgid VARCHAR(32) NOT NULL PRIMARY KEY,
    result ENUM('delivered', 'blocked', 'failed') NOT NULL,
    told_ms BIGINT NOT NULL,
    KEY template_deliveries_age (told_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
