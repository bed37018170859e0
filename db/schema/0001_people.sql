-- Who may sign in. ID numbers, phones and bank cards are sealed (AES-256-GCM, bound to the row);
-- look-ups go through keyed hashes. Ids are made by the server, instants are UTC epoch ms.
CREATE TABLE people (
    id BIGINT NOT NULL PRIMARY KEY,
    student_no VARCHAR(32) NULL,
    kind ENUM('current', 'new') NOT NULL,
    status ENUM('active', 'left') NOT NULL DEFAULT 'active',
    name VARCHAR(64) NOT NULL,
    id_number_hash BINARY(32) NOT NULL,
    id_number_sealed VARBINARY(128) NOT NULL,
    gender ENUM('male', 'female', 'unknown') NOT NULL DEFAULT 'unknown',
    phone_sealed VARBINARY(128) NULL,
    email VARCHAR(128) NULL,
    postcode VARCHAR(16) NULL,
    address VARCHAR(256) NULL,
    bank_card_sealed VARBINARY(160) NULL,
    college VARCHAR(64) NOT NULL DEFAULT '',
    major VARCHAR(64) NOT NULL DEFAULT '',
    class_name VARCHAR(64) NOT NULL DEFAULT '',
    grade VARCHAR(16) NOT NULL DEFAULT '',
    -- argon2id. NULL: still the initial password, the last six of the ID number.
    password_hash VARCHAR(160) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    UNIQUE KEY people_student_no (student_no),
    UNIQUE KEY people_id_number (id_number_hash)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE sessions (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    openid VARCHAR(128) NULL,
    person_id BIGINT NULL,
    level ENUM('identity', 'initial', 'own') NULL,
    way ENUM('password', 'identity', 'wechat') NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    KEY sessions_person (person_id),
    KEY sessions_expiry (expires_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Counts of wrong tries in a window, shared by all instances.
CREATE TABLE throttles (
    key_hash BINARY(32) NOT NULL,
    window_start_ms BIGINT NOT NULL,
    tries INT NOT NULL,
    PRIMARY KEY (key_hash, window_start_ms),
    KEY throttles_age (window_start_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A WeChat account that may sign in as a student without a password, at the level it was bound with.
CREATE TABLE wechat_bindings (
    openid VARCHAR(128) NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    level ENUM('initial', 'own') NOT NULL,
    bound_ms BIGINT NOT NULL,
    KEY wechat_bindings_person (person_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
