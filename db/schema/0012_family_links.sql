-- 家人代付: an address by which somebody else pays a student's bills without signing in.
CREATE TABLE family_links (
    id BIGINT NOT NULL PRIMARY KEY,
    -- SHA-256 of the secret in the address; the secret itself is stored nowhere.
    token_hash BINARY(32) NOT NULL,
    person_id BIGINT NOT NULL,
    message VARCHAR(200) NOT NULL DEFAULT '',
    -- The newest order that was opened through it, and how many there were.
    order_no VARCHAR(32) NULL,
    orders_opened INT NOT NULL DEFAULT 0,
    withdrawn_ms BIGINT NULL,
    created_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY family_links_token (token_hash),
    KEY family_links_person (person_id, created_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- With names and amounts as they were when the link was made.
CREATE TABLE family_link_bills (
    link_id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    item_name VARCHAR(64) NOT NULL,
    period VARCHAR(32) NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (link_id, bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every order that was opened through a link: not the payer but the student hears of its end.
CREATE TABLE family_orders (
    order_no VARCHAR(32) NOT NULL PRIMARY KEY,
    link_id BIGINT NOT NULL,
    KEY family_orders_link (link_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
