-- A comment; with a semicolon, and a quote: it's fine.
CREATE TABLE things (
    id BIGINT NOT NULL PRIMARY KEY,
    name VARCHAR(64) NULL COMMENT 'semi;colon',
    amount_fen BIGINT NOT NULL DEFAULT 0,
    secret VARBINARY(64) NULL,
    huge BIGINT UNSIGNED NULL,
    small TINYINT NULL,
    kind ENUM('one', 'two') NULL,
    body LONGTEXT NULL,
    raw LONGBLOB NULL,
    at_ms BIGINT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY things_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO things (id, name) VALUES (1, 'first; "quoted" it''s'), (2, 'second');
