-- The daily close: WeChat's bills as they came, what of them is compared, and where the sides differ.
-- Days are Beijing's, as 2026-11-22.

-- Whoever works on a day holds its row; every writing unit moves it on, so that a worker who was
-- thought dead writes nothing more.
CREATE TABLE reconciliation_leases (
    day CHAR(10) NOT NULL PRIMARY KEY,
    lease_owner VARCHAR(64) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE reconciliation_days (
    day CHAR(10) NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    -- open: not compared yet; differs: something waits for a person or for the next days' bills.
    state ENUM('open', 'balanced', 'differs', 'closed') NOT NULL,
    ends_ms BIGINT NOT NULL,
    -- While open: why it could not be compared.
    trouble VARCHAR(160) NULL,
    -- The three sides: WeChat's bill, our payments and refunds, the ledger.
    bill_payments BIGINT NOT NULL DEFAULT 0,
    bill_paid_fen BIGINT NOT NULL DEFAULT 0,
    bill_refunds BIGINT NOT NULL DEFAULT 0,
    bill_refunded_fen BIGINT NOT NULL DEFAULT 0,
    our_payments BIGINT NOT NULL DEFAULT 0,
    our_paid_fen BIGINT NOT NULL DEFAULT 0,
    our_refunds BIGINT NOT NULL DEFAULT 0,
    our_refunded_fen BIGINT NOT NULL DEFAULT 0,
    ledger_payments BIGINT NOT NULL DEFAULT 0,
    ledger_paid_fen BIGINT NOT NULL DEFAULT 0,
    ledger_refunds BIGINT NOT NULL DEFAULT 0,
    ledger_refunded_fen BIGINT NOT NULL DEFAULT 0,
    -- In this day's bill and of another day with us; of this day with us and in another day's bill.
    cut_in_fen BIGINT NOT NULL DEFAULT 0,
    cut_out_fen BIGINT NOT NULL DEFAULT 0,
    -- In 1/1000 fen, as the trade bill prints them; what the account was charged; what is booked.
    bill_fees_fine BIGINT NOT NULL DEFAULT 0,
    flow_fees_fen BIGINT NOT NULL DEFAULT 0,
    booked_fees_fen BIGINT NOT NULL DEFAULT 0,
    flow_income_fen BIGINT NOT NULL DEFAULT 0,
    flow_expense_fen BIGINT NOT NULL DEFAULT 0,
    flow_opening_fen BIGINT NULL,
    flow_closing_fen BIGINT NULL,
    -- The provider's account in the ledger at the day's end.
    ledger_balance_fen BIGINT NOT NULL DEFAULT 0,
    -- When these figures last changed.
    run_ms BIGINT NOT NULL,
    closed_by VARCHAR(64) NULL,
    closed_ms BIGINT NULL,
    closed_seq BIGINT NULL,
    closed_hash BINARY(32) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (day, mch_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE bill_files (
    day CHAR(10) NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    kind ENUM('trade', 'flow') NOT NULL,
    -- Of the unpacked bytes, proven; '' where WeChat said that nothing happened.
    sha1 VARCHAR(40) NOT NULL,
    raw_size BIGINT NOT NULL,
    row_count BIGINT NOT NULL DEFAULT 0,
    -- 0 while its parts and rows are on their way in.
    whole TINYINT NOT NULL DEFAULT 0,
    -- Of the account: before and after the day, where the order of the rows proves it.
    in_order TINYINT NOT NULL DEFAULT 1,
    opening_fen BIGINT NULL,
    closing_fen BIGINT NULL,
    fetched_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (day, mch_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The file as it was downloaded (gzip), in pieces.
CREATE TABLE bill_file_parts (
    day CHAR(10) NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    kind ENUM('trade', 'flow') NOT NULL,
    part_no INT NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (day, mch_id, kind, part_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is compared; nothing about persons.
CREATE TABLE bill_rows (
    day CHAR(10) NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    kind ENUM('trade', 'flow') NOT NULL,
    line_no BIGINT NOT NULL,
    what ENUM('payment', 'refund', 'other', 'movement') NOT NULL,
    at_ms BIGINT NOT NULL,
    -- Payment: transaction, order number. Refund: refund_id, out_refund_no, and in other_no the
    -- transaction. Movement: business number, voucher number, and in other_no its flow number.
    business_no VARCHAR(64) NOT NULL,
    our_no VARCHAR(256) NOT NULL,
    other_no VARCHAR(64) NOT NULL,
    -- Of the order or applied for; of a movement what it adds to the account.
    amount_fen BIGINT NOT NULL,
    -- Less the coupons that are not settled; of a movement the balance after it.
    settled_fen BIGINT NOT NULL,
    fee_fine BIGINT NOT NULL,
    -- The state of a trade row, the name of a movement.
    name VARCHAR(256) NOT NULL,
    PRIMARY KEY (day, mch_id, kind, line_no),
    KEY bill_rows_business (mch_id, business_no, what)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One difference, once: what it is and what was decided. server/rules/day_difference.hpp has kinds.
CREATE TABLE reconciliation_differences (
    id BIGINT NOT NULL PRIMARY KEY,
    day CHAR(10) NOT NULL,
    -- By which people name it.
    number INT NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    business_key VARCHAR(80) NOT NULL,
    -- What it is about, '' where it has no such number; of a movement refund_no is its name.
    order_no VARCHAR(256) NOT NULL,
    refund_no VARCHAR(256) NOT NULL,
    transaction_id VARCHAR(64) NOT NULL,
    provider_fen BIGINT NOT NULL,
    our_fen BIGINT NOT NULL,
    state ENUM('open', 'waiting', 'resolved') NOT NULL,
    proposal VARCHAR(24) NOT NULL,
    resolution VARCHAR(24) NULL,
    found_ms BIGINT NOT NULL,
    -- While waiting: up to which instant the bills of the next days may explain it.
    wait_until_ms BIGINT NULL,
    decided_by VARCHAR(64) NULL,
    decided_ms BIGINT NULL,
    note VARCHAR(200) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY reconciliation_differences_key (mch_id, kind, business_key),
    UNIQUE KEY reconciliation_differences_number (day, number),
    KEY reconciliation_differences_day (day, mch_id, state)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE payments ADD KEY payments_paid (mch_id, paid_ms);
