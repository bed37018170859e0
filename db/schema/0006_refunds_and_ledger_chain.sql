-- Money that goes back, and a ledger in which nothing can be changed unseen.
-- Of a payment: refunds that took or may still take money, and those of them that are done.
ALTER TABLE payments
    ADD COLUMN refund_held_fen BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN refund_done_fen BIGINT NOT NULL DEFAULT 0,
    -- The part of surplus_fen that refunds hold.
    ADD COLUMN surplus_held_fen BIGINT NOT NULL DEFAULT 0,
    -- WeChat's limits: parts counted when asked for, the last application (database's clock).
    ADD COLUMN refund_parts INT NOT NULL DEFAULT 0,
    ADD COLUMN refund_sent_ms BIGINT NOT NULL DEFAULT 0;

-- Of credited_fen: what refunds hold, and what has gone back.
ALTER TABLE order_lines
    ADD COLUMN refund_held_fen BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN refunded_fen BIGINT NOT NULL DEFAULT 0;

-- The life of a refund: server/rules/refund_state.hpp has the table of states.
CREATE TABLE refunds (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Ours, fixed when it is asked for; of a refund by hand in the merchant console WeChat's.
    out_refund_no VARCHAR(64) NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    transaction_id VARCHAR(32) NOT NULL,
    person_id BIGINT NULL,
    origin ENUM('asked', 'late_money', 'platform') NOT NULL,
    state ENUM('asked', 'rejected', 'accepted', 'processing', 'success', 'closed', 'abnormal',
        'refused') NOT NULL,
    amount_fen BIGINT NOT NULL,
    -- What becomes of the bills when the money has gone back.
    afterwards ENUM('due_again', 'settled') NOT NULL,
    reason VARCHAR(80) NOT NULL,
    -- Made by the asker once per intent; a repeat finds the same refund.
    request_id VARCHAR(64) NOT NULL,
    request_hash BINARY(32) NOT NULL,
    asked_by VARCHAR(64) NOT NULL,
    asked_ms BIGINT NOT NULL,
    decided_by VARCHAR(64) NULL,
    decided_ms BIGINT NULL,
    -- The exact bytes of the application: a repeat must be identical.
    provider_body BLOB NOT NULL,
    refund_id VARCHAR(32) NULL,
    -- By our clock at the first application; WeChat's own word where an answer brought it.
    sent_ms BIGINT NULL,
    provider_created_ms BIGINT NULL,
    success_ms BIGINT NULL,
    received_account VARCHAR(64) NULL,
    sent_count INT NOT NULL DEFAULT 0,
    asked_count INT NOT NULL DEFAULT 0,
    next_ms BIGINT NULL,
    lease_owner VARCHAR(40) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    -- WeChat's code or a word of ours, where a person should look.
    attention VARCHAR(64) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY refunds_number (mch_id, out_refund_no),
    UNIQUE KEY refunds_request (order_no, request_id),
    KEY refunds_next (next_ms),
    KEY refunds_state (state),
    KEY refunds_created (mch_id, provider_created_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE refund_lines (
    refund_id BIGINT NOT NULL,
    -- Of the order; 0: of the payment as a whole.
    line_no INT NOT NULL,
    bill_id BIGINT NULL,
    item_id BIGINT NULL,
    -- Where the money stands: credited to a fee, or in suspense.
    source ENUM('fee', 'suspense') NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (refund_id, line_no),
    KEY refund_lines_bill (bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- seq numbers the journals without a gap; hash covers the journal, its entries and the hash before.
-- value_ms is when the money moved; booked_ms when it was written. NULL: older than the chain.
ALTER TABLE ledger_journals
    ADD COLUMN seq BIGINT NULL,
    ADD COLUMN value_ms BIGINT NULL,
    ADD COLUMN hash BINARY(32) NULL,
    ADD UNIQUE KEY ledger_journals_seq (seq),
    ADD KEY ledger_journals_value (value_ms);

-- One row: the last journal, and the instant up to which days are closed. Whoever books holds it.
CREATE TABLE ledger_chain (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BINARY(32) NOT NULL,
    closed_until_ms BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO ledger_chain (id, seq, hash, closed_until_ms)
    VALUES (1, 0, UNHEX(REPEAT('00', 32)), 0);

-- What one server of all does once: by name, and by the day or thing it is for.
CREATE TABLE duties (
    name VARCHAR(32) NOT NULL,
    duty_key VARCHAR(64) NOT NULL,
    done TINYINT NOT NULL DEFAULT 0,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (name, duty_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
