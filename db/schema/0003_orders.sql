-- The life of an order: server/rules/order_state.hpp has the table of states.
CREATE TABLE orders (
    id BIGINT NOT NULL PRIMARY KEY,
    order_no VARCHAR(32) NOT NULL,
    person_id BIGINT NOT NULL,
    -- Made by the page once per intent; a repeat finds the same order.
    request_id VARCHAR(64) NOT NULL,
    request_hash BINARY(32) NOT NULL,
    state ENUM('opened', 'awaiting', 'paid', 'closed', 'paid_late') NOT NULL,
    channel ENUM('jsapi', 'native') NOT NULL,
    mch_id VARCHAR(32) NOT NULL,
    merchant_name VARCHAR(64) NOT NULL,
    openid VARCHAR(128) NULL,
    amount_fen BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    pay_until_ms BIGINT NOT NULL,
    -- The exact bytes sent to WeChat: a repeat must be identical.
    provider_body BLOB NOT NULL,
    prepay_id VARCHAR(128) NULL,
    code_url VARCHAR(256) NULL,
    prepared_ms BIGINT NULL,
    -- While it lies ahead an order call may be on its way: nobody else prepares or gives up.
    preparing_until_ms BIGINT NOT NULL DEFAULT 0,
    -- Given up by somebody; WeChat has not confirmed it yet.
    closing TINYINT NOT NULL DEFAULT 0,
    closed_ms BIGINT NULL,
    paid_ms BIGINT NULL,
    transaction_id VARCHAR(32) NULL,
    -- The watcher: asked so often, ask again then, leased by whom.
    asked_count INT NOT NULL DEFAULT 0,
    next_ask_ms BIGINT NULL,
    lease_owner VARCHAR(40) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    -- A word for finance where something is odd.
    attention VARCHAR(32) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY orders_order_no (order_no),
    UNIQUE KEY orders_request (person_id, request_id),
    KEY orders_person (person_id, created_ms),
    KEY orders_next_ask (next_ask_ms),
    KEY orders_attention (attention)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE order_lines (
    order_id BIGINT NOT NULL,
    line_no INT NOT NULL,
    bill_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    item_name VARCHAR(64) NOT NULL,
    period VARCHAR(32) NOT NULL,
    amount_fen BIGINT NOT NULL,
    -- What of the order's money reached the bill; the rest of a late payment waits for finance.
    credited_fen BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, line_no),
    KEY order_lines_bill (bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
