-- Who works at the console, where he sits, and an audit in which nothing can be changed unseen.
CREATE TABLE operators (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Signs in by it: small letters, digits, dots, dashes.
    name VARCHAR(32) NOT NULL,
    display_name VARCHAR(32) NOT NULL,
    role ENUM('admin', 'finance', 'auditor') NOT NULL,
    -- argon2id.
    password_hash VARCHAR(160) NOT NULL,
    -- 1: the initial one. It leads to a password of one's own and an authenticator, nowhere else.
    password_must_change TINYINT NOT NULL DEFAULT 1,
    totp_sealed VARBINARY(128) NULL,
    -- The newest step of 30 seconds whose code was taken: no code is good twice.
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    enrolled_ms BIGINT NULL,
    disabled TINYINT NOT NULL DEFAULT 0,
    signed_in_ms BIGINT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY operators_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whose students an operator sees. No row: everybody's.
CREATE TABLE operator_colleges (
    operator_id BIGINT NOT NULL,
    college VARCHAR(64) NOT NULL,
    PRIMARY KEY (operator_id, college)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row. Admins who can sign in are counted, so that the last one cannot be taken away.
CREATE TABLE operator_guard (
    id BIGINT NOT NULL PRIMARY KEY,
    able_admins BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO operator_guard (id, able_admins) VALUES (1, 0);

CREATE TABLE operator_sessions (
    id BIGINT NOT NULL PRIMARY KEY,
    token_hash BINARY(32) NOT NULL,
    operator_id BIGINT NOT NULL,
    stage ENUM('setup', 'ready') NOT NULL,
    -- The secret of an authenticator that is not confirmed yet.
    totp_sealed VARBINARY(128) NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    ended_ms BIGINT NULL,
    ended_by ENUM('oneself', 'admin', 'new_secrets', 'disabled') NULL,
    address VARCHAR(64) NOT NULL,
    browser VARCHAR(48) NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY operator_sessions_token (token_hash),
    KEY operator_sessions_operator (operator_id, created_ms),
    KEY operator_sessions_created (created_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- number counts the rows without a gap; hash covers the row and the hash before it. NULL: older
-- than the chain.
ALTER TABLE audit
    ADD COLUMN detail VARCHAR(400) NOT NULL DEFAULT '',
    ADD COLUMN address VARCHAR(64) NOT NULL DEFAULT '',
    ADD COLUMN number BIGINT NULL,
    ADD COLUMN prev_hash BINARY(32) NULL,
    ADD COLUMN hash BINARY(32) NULL,
    ADD UNIQUE KEY audit_number (number),
    ADD KEY audit_actor (actor, at_ms),
    ADD KEY audit_action (action, at_ms);

-- One row: the last number and hash, and how many rows are older than the chain: those from before
-- began_ms. Servers of the release before write unchained rows until they are replaced, so the day
-- behind it may hold some. Every audited unit takes this row last.
CREATE TABLE audit_chain (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BINARY(32) NOT NULL,
    began_ms BIGINT NOT NULL,
    rows_before BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Two minutes back: longer than a unit lasts that began before this and is not committed yet.
INSERT INTO audit_chain (id, number, hash, began_ms, rows_before)
    VALUES (1, 0, UNHEX(REPEAT('00', 32)),
        CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - 120000, 0);

UPDATE audit_chain SET rows_before =
    (SELECT COUNT(*) FROM audit WHERE at_ms < audit_chain.began_ms AND number IS NULL)
    WHERE id = 1;

-- The console narrows lists by it.
ALTER TABLE people ADD KEY people_college (college);
