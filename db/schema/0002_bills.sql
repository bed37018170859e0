-- What may be charged, and who owes what. Money is an integer of fen.
CREATE TABLE fee_items (
    id BIGINT NOT NULL PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    category ENUM('tuition', 'lodging', 'other', 'living', 'enrolment') NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    required TINYINT NOT NULL DEFAULT 1,
    partial_allowed TINYINT NOT NULL DEFAULT 0,
    settle_order INT NOT NULL DEFAULT 100,
    open_from_ms BIGINT NULL,
    open_until_ms BIGINT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    UNIQUE KEY fee_items_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- due = standard + sum of adjustments. live_order_no is the guard of "one live order only": it is
-- set and cleared by conditional updates alone.
CREATE TABLE bills (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    period VARCHAR(32) NOT NULL,
    standard_fen BIGINT NOT NULL,
    due_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL DEFAULT 0,
    pay_before_ms BIGINT NULL,
    live_order_no VARCHAR(32) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    UNIQUE KEY bills_identity (person_id, item_id, period),
    KEY bills_live_order (live_order_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE bill_adjustments (
    id BIGINT NOT NULL PRIMARY KEY,
    bill_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    reason VARCHAR(200) NOT NULL,
    made_by VARCHAR(64) NOT NULL,
    made_ms BIGINT NOT NULL,
    KEY bill_adjustments_bill (bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE import_batches (
    id BIGINT NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    file_sha256 BINARY(32) NOT NULL,
    rows_new INT NOT NULL,
    rows_changed INT NOT NULL,
    rows_unchanged INT NOT NULL,
    made_by VARCHAR(64) NOT NULL,
    made_ms BIGINT NOT NULL,
    KEY import_batches_file (file_sha256)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
