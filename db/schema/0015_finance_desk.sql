-- Finance at its desk: orders found among a million, and refunds asked for and released in lots.
-- Each key ends with what lists are ordered by (the primary key follows by itself), so that the
-- newest ones of any narrow question are read without sorting the rest.
ALTER TABLE orders
    ADD KEY orders_created (created_ms),
    ADD KEY orders_paid (paid_ms),
    ADD KEY orders_state (state, created_ms),
    ADD KEY orders_merchant (mch_id, created_ms),
    ADD KEY orders_amount (amount_fen, created_ms),
    ADD KEY orders_transaction (transaction_id);

-- opened_ms is the order's created_ms, which never changes: lists of an item or a period follow it.
ALTER TABLE order_lines
    ADD COLUMN opened_ms BIGINT NOT NULL DEFAULT 0,
    ADD KEY order_lines_item (item_id, opened_ms),
    ADD KEY order_lines_item_period (item_id, period, opened_ms),
    ADD KEY order_lines_period (period, opened_ms);

UPDATE order_lines l JOIN orders o ON o.id = l.order_id SET l.opened_ms = o.created_ms;

ALTER TABLE people
    ADD KEY people_desk_name (name),
    ADD KEY people_desk_class (class_name),
    ADD KEY people_desk_major (major);

-- What WeChat was asked about an order and told. Equal answers are counted in one row: an order
-- that nobody pays is asked about some forty times.
CREATE TABLE order_questions (
    order_no VARCHAR(32) NOT NULL,
    kind ENUM('query', 'close') NOT NULL,
    answer VARCHAR(48) NOT NULL,
    times INT NOT NULL DEFAULT 1,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (order_no, kind, answer)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- An operator's own filters; what a filter looks like is the API's matter.
CREATE TABLE order_searches (
    id BIGINT NOT NULL PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    name VARCHAR(32) NOT NULL,
    filter TEXT NOT NULL,
    changed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY order_searches_name (operator_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- reason_code: the wish that reason spells out for the payer; NULL: asked for before it was kept.
ALTER TABLE refunds
    ADD COLUMN reason_code VARCHAR(16) NULL,
    ADD COLUMN note VARCHAR(200) NOT NULL DEFAULT '',
    ADD COLUMN reject_reason VARCHAR(100) NOT NULL DEFAULT '',
    ADD COLUMN batch_id BIGINT NULL,
    ADD KEY refunds_asked (asked_ms),
    ADD KEY refunds_asked_by (asked_by),
    ADD KEY refunds_decided_by (decided_by),
    ADD KEY refunds_person (person_id),
    ADD KEY refunds_batch (batch_id);

-- Refunds that are asked for together and released as one: a file, or all of one leaver.
-- asking: the rows are being asked for, one unit each; releasing: likewise.
-- live_key is the guard of "the same file once" and "one waiting batch for a leaver": 'file:<sha256
-- in hex>' until it is rejected, 'leaver:<person id>' until it is decided, then NULL.
CREATE TABLE refund_batches (
    id BIGINT NOT NULL PRIMARY KEY,
    kind ENUM('file', 'leaver') NOT NULL,
    title VARCHAR(200) NOT NULL,
    note VARCHAR(200) NOT NULL DEFAULT '',
    reason_code VARCHAR(16) NOT NULL,
    state ENUM('asking', 'asked', 'releasing', 'released', 'rejected') NOT NULL,
    live_key VARCHAR(80) NULL,
    -- Of a leaver.
    person_id BIGINT NULL,
    left_on VARCHAR(10) NULL,
    rule VARCHAR(200) NOT NULL DEFAULT '',
    row_count INT NOT NULL,
    total_fen BIGINT NOT NULL,
    request_id VARCHAR(64) NOT NULL,
    request_hash BINARY(32) NOT NULL,
    asked_by VARCHAR(64) NOT NULL,
    asked_ms BIGINT NOT NULL,
    decided_by VARCHAR(64) NULL,
    decided_ms BIGINT NULL,
    reject_reason VARCHAR(100) NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY refund_batches_live (live_key),
    UNIQUE KEY refund_batches_request (asked_by, request_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- parts: '2=100;3=50' in fen by line of the order; '': the amount as a whole, suspense first.
CREATE TABLE refund_batch_rows (
    batch_id BIGINT NOT NULL,
    row_no INT NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    amount_fen BIGINT NOT NULL,
    parts VARCHAR(1200) NOT NULL DEFAULT '',
    reason VARCHAR(80) NOT NULL,
    out_refund_no VARCHAR(64) NULL,
    -- Why there is no refund, as a sentence.
    problem VARCHAR(120) NULL,
    PRIMARY KEY (batch_id, row_no),
    KEY refund_batch_rows_order (order_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How each figure of a leaver came about, as it was when the refunds were asked for.
CREATE TABLE leaver_figures (
    batch_id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    item_name VARCHAR(64) NOT NULL,
    period VARCHAR(32) NOT NULL,
    due_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    on_its_way_fen BIGINT NOT NULL,
    -- NULL: the rule does not reckon it by months.
    months INT NULL,
    months_used INT NULL,
    keep_fen BIGINT NOT NULL,
    refund_fen BIGINT NOT NULL,
    other_way_fen BIGINT NOT NULL,
    how VARCHAR(300) NOT NULL,
    PRIMARY KEY (batch_id, bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
