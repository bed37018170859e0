-- Money that WeChat says it took, once per transaction; and the books.
CREATE TABLE payments (
    id BIGINT NOT NULL PRIMARY KEY,
    mch_id VARCHAR(32) NOT NULL,
    transaction_id VARCHAR(32) NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    amount_fen BIGINT NOT NULL,
    paid_ms BIGINT NOT NULL,
    learnt_by ENUM('notice', 'query', 'bill') NOT NULL,
    -- settled: all of it stands on bills; parked: waits until a newer order of the same bills ends;
    -- refund_due: some of it must go back; odd: needs a person.
    state ENUM('settled', 'parked', 'refund_due', 'odd') NOT NULL,
    surplus_fen BIGINT NOT NULL DEFAULT 0,
    booked_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY payments_transaction (mch_id, transaction_id),
    UNIQUE KEY payments_order (order_no),
    KEY payments_state (state)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every authentic notice as it came. A forged one is counted, not kept.
CREATE TABLE notices (
    id BIGINT NOT NULL PRIMARY KEY,
    notice_id VARCHAR(64) NOT NULL,
    event_type VARCHAR(32) NOT NULL,
    order_no VARCHAR(64) NULL,
    raw_body MEDIUMBLOB NOT NULL,
    outcome VARCHAR(24) NOT NULL,
    received_count INT NOT NULL DEFAULT 1,
    received_ms BIGINT NOT NULL,
    last_received_ms BIGINT NOT NULL,
    UNIQUE KEY notices_notice_id (notice_id),
    KEY notices_order (order_no),
    KEY notices_outcome (outcome)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Double entry, append-only: the entries of a journal sum to zero.
CREATE TABLE ledger_journals (
    id BIGINT NOT NULL PRIMARY KEY,
    kind VARCHAR(24) NOT NULL,
    business_key VARCHAR(80) NOT NULL,
    booked_ms BIGINT NOT NULL,
    UNIQUE KEY ledger_journals_key (business_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE ledger_entries (
    journal_id BIGINT NOT NULL,
    line_no INT NOT NULL,
    account VARCHAR(64) NOT NULL,
    person_id BIGINT NULL,
    bill_id BIGINT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (journal_id, line_no),
    KEY ledger_entries_account (account),
    KEY ledger_entries_person (person_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages that leave after the commit, at least once.
CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    kind VARCHAR(24) NOT NULL,
    business_key VARCHAR(80) NOT NULL,
    person_id BIGINT NULL,
    state ENUM('queued', 'sent', 'failed') NOT NULL DEFAULT 'queued',
    tries INT NOT NULL DEFAULT 0,
    next_try_ms BIGINT NOT NULL,
    lease_owner VARCHAR(40) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY outbox_key (business_key),
    KEY outbox_next (state, next_try_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE audit (
    id BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor VARCHAR(64) NOT NULL,
    action VARCHAR(48) NOT NULL,
    object VARCHAR(96) NOT NULL,
    result VARCHAR(48) NOT NULL,
    request_id VARCHAR(40) NOT NULL DEFAULT '',
    KEY audit_time (at_ms),
    KEY audit_object (object)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
