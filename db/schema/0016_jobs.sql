-- What takes longer than a page may wait: asked for by an operator, done by whichever server is free,
-- told in steps. A worker holds its job by a lease; one that was thought dead writes nothing more.
CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    request_id VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    -- What is to be done, as the kind writes it; nothing about persons beyond a search of the desk.
    argument VARCHAR(4000) NOT NULL,
    state ENUM('waiting', 'working', 'done', 'failed', 'cancelled') NOT NULL,
    progress BIGINT NOT NULL DEFAULT 0,
    total BIGINT NULL,
    -- For people: why it failed, or what came of it.
    said VARCHAR(200) NOT NULL DEFAULT '',
    file_name VARCHAR(100) NOT NULL DEFAULT '',
    file_size BIGINT NOT NULL DEFAULT 0,
    cancel_wanted TINYINT NOT NULL DEFAULT 0,
    tries INT NOT NULL DEFAULT 0,
    lease_owner VARCHAR(64) NULL,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    ended_ms BIGINT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE KEY jobs_request (operator_id, request_id),
    KEY jobs_due (state, lease_until_ms),
    KEY jobs_ended (ended_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What came of it, to be fetched by its operator for a day.
CREATE TABLE job_file_parts (
    job_id BIGINT NOT NULL,
    part_no INT NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (job_id, part_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Money by when it moved, whoever received it.
ALTER TABLE payments ADD KEY payments_time (paid_ms);
ALTER TABLE refunds ADD KEY refunds_success (success_ms);
