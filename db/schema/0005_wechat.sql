-- The official account: what is between us and WeChat besides money.
-- Tokens have one owner at a time: the lease decides who renews.
CREATE TABLE wechat_tokens (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    token_sealed VARBINARY(1024) NULL,
    expires_ms BIGINT NOT NULL DEFAULT 0,
    lease_owner VARCHAR(40) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row per way through the OAuth page. WeChat may return twice with the same state; the second
-- return gets the session that the first one made.
CREATE TABLE oauth_states (
    state_hash BINARY(32) NOT NULL PRIMARY KEY,
    browser_hash BINARY(32) NOT NULL,
    next_path VARCHAR(200) NOT NULL,
    step ENUM('new', 'busy', 'done', 'failed') NOT NULL,
    session_token_sealed VARBINARY(128) NULL,
    created_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    KEY oauth_states_age (created_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Messages seen, so that a repeated delivery gets the same answer and acts once.
CREATE TABLE message_keys (
    dedup_key VARCHAR(191) NOT NULL PRIMARY KEY,
    answer TEXT NULL,
    received_ms BIGINT NOT NULL,
    KEY message_keys_age (received_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE followers (
    openid VARCHAR(128) NOT NULL PRIMARY KEY,
    following TINYINT NOT NULL,
    event_time_s BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE menu_publications (
    id BIGINT NOT NULL PRIMARY KEY,
    body MEDIUMBLOB NOT NULL,
    state ENUM('sending', 'published', 'refused', 'unknown', 'differs') NOT NULL,
    wechat_code INT NULL,
    detail VARCHAR(500) NOT NULL DEFAULT '',
    made_by VARCHAR(64) NOT NULL,
    made_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    KEY menu_publications_time (made_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
