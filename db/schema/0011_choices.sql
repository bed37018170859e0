-- What the payer starts himself: optional items at a price, top-ups with an amount and a target of
-- his own, and projects to sign up for.
--
-- An item is offered when it has a price (other, enrolment) or limits (living). places_taken counts
-- the live and the done sign-ups; a place is taken by an UPDATE that compares it with capacity.
ALTER TABLE fee_items
    ADD COLUMN description VARCHAR(2000) NOT NULL DEFAULT '',
    ADD COLUMN choice_period VARCHAR(32) NOT NULL DEFAULT '',
    ADD COLUMN price_fen BIGINT NULL,
    ADD COLUMN amount_min_fen BIGINT NULL,
    ADD COLUMN amount_max_fen BIGINT NULL,
    ADD COLUMN target_label VARCHAR(32) NOT NULL DEFAULT '',
    ADD COLUMN target_hint VARCHAR(64) NOT NULL DEFAULT '',
    -- rules::target_pattern says how it is written; '' takes any short text.
    ADD COLUMN target_pattern VARCHAR(64) NOT NULL DEFAULT '',
    ADD COLUMN before_text VARCHAR(200) NOT NULL DEFAULT '',
    ADD COLUMN after_text VARCHAR(200) NOT NULL DEFAULT '',
    -- rules::form_of says how it is written.
    ADD COLUMN form VARCHAR(2000) NOT NULL DEFAULT '',
    ADD COLUMN capacity INT NULL,
    ADD COLUMN places_taken INT NOT NULL DEFAULT 0;

-- A chosen bill is made by the unit that opens its order and lives with it: when the order closes
-- without money it owes nothing any more.
ALTER TABLE bills ADD COLUMN chosen TINYINT NOT NULL DEFAULT 0;

-- A project or an optional item that a student has taken. live is 1 or NULL: one live sign-up of a
-- student for an item and period. held: its order is unfinished. done: paid, or free. The others
-- have given their place back.
CREATE TABLE sign_ups (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    period VARCHAR(32) NOT NULL,
    -- NULL: free.
    order_no VARCHAR(32) NULL,
    state ENUM('held', 'done', 'closed', 'cancelled', 'refunded') NOT NULL,
    live TINYINT NULL,
    request_id VARCHAR(64) NOT NULL,
    request_hash BINARY(32) NOT NULL,
    answers_sealed BLOB NULL,
    created_ms BIGINT NOT NULL,
    ended_ms BIGINT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY sign_ups_live (person_id, item_id, period, live),
    UNIQUE KEY sign_ups_request (person_id, request_id),
    UNIQUE KEY sign_ups_order (order_no),
    KEY sign_ups_item (item_id, live)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The number that the school's other system knows a top-up by is that of its order. live is 1 or
-- NULL: one unfinished top-up of a student for an item.
CREATE TABLE top_ups (
    order_no VARCHAR(32) NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    target VARCHAR(64) NOT NULL,
    amount_fen BIGINT NOT NULL,
    state ENUM('open', 'paid', 'closed') NOT NULL,
    live TINYINT NULL,
    created_ms BIGINT NOT NULL,
    ended_ms BIGINT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY top_ups_live (person_id, item_id, live),
    UNIQUE KEY top_ups_bill (bill_id),
    KEY top_ups_person (person_id, created_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
