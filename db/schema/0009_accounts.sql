-- The desk portal, and passwords that students choose themselves.
ALTER TABLE sessions
    -- Where it was signed in. At the portal the initial password leads to changing it and nowhere else.
    ADD COLUMN place ENUM('h5', 'portal') NOT NULL DEFAULT 'h5';

-- Chosen with the first own password. The answers are hashed together (argon2id), in the order of the ids.
CREATE TABLE security_answers (
    person_id BIGINT NOT NULL PRIMARY KEY,
    questions VARCHAR(64) NOT NULL,
    answers_hash VARCHAR(160) NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    changed_ms BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row a picture, for the browser that asked. Whoever deletes it may judge the answer.
CREATE TABLE captchas (
    id BIGINT NOT NULL PRIMARY KEY,
    browser_hash BINARY(32) NOT NULL,
    answer_hash BINARY(32) NOT NULL,
    expires_ms BIGINT NOT NULL,
    KEY captchas_expiry (expires_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A forgotten password. Without a person: somebody asked for a name that we do not know.
CREATE TABLE recoveries (
    id BIGINT NOT NULL PRIMARY KEY,
    browser_hash BINARY(32) NOT NULL,
    person_id BIGINT NULL,
    questions VARCHAR(64) NOT NULL,
    state ENUM('asked', 'waiting_for_wechat', 'approved', 'denied', 'done', 'over') NOT NULL,
    wrong_answers INT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    KEY recoveries_person (person_id),
    KEY recoveries_expiry (expires_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
