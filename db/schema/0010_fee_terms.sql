-- Why a bill is what it is, and what it allows for a time.
ALTER TABLE bill_adjustments
    ADD COLUMN kind ENUM('correction', 'reduction', 'surcharge') NOT NULL DEFAULT 'correction',
    -- Of the paper that decided it.
    ADD COLUMN paper_no VARCHAR(64) NOT NULL DEFAULT '';

-- Append-only: of each kind the newest row of a bill counts. A term that was taken back has an end in the past.
CREATE TABLE bill_terms (
    id BIGINT NOT NULL PRIMARY KEY,
    bill_id BIGINT NOT NULL,
    -- deferral: need not be paid before until_ms. loan: a student loan will pay amount_fen by then.
    kind ENUM('deferral', 'loan') NOT NULL,
    amount_fen BIGINT NOT NULL DEFAULT 0,
    until_ms BIGINT NOT NULL,
    reason VARCHAR(200) NOT NULL,
    paper_no VARCHAR(64) NOT NULL DEFAULT '',
    made_by VARCHAR(64) NOT NULL,
    made_ms BIGINT NOT NULL,
    KEY bill_terms_bill (bill_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
