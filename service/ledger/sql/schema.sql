-- Purpose: the tables of the index, all rebuilt from the journal.
-- Grain: every table but the first has one row per row of an entry, named by (seq, "row").
-- Parameters: none. A change here needs a new SCHEMA_VERSION in index.py; files of another version are rebuilt
--   (but not for another compression of a column: any is read).

CREATE TABLE ledger (schema_version INTEGER NOT NULL);

CREATE TABLE submission (
    seq BIGINT NOT NULL,
    hash VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    document VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    "rows" BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    key_id VARCHAR NOT NULL -- the key that submitted it; '' where none was needed
);

CREATE TABLE report (
    report_id VARCHAR USING COMPRESSION uncompressed NOT NULL, -- no two alike: looking for patterns costs more
    crisis_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    origin_id VARCHAR NOT NULL,
    url VARCHAR USING COMPRESSION zstd,
    published_on DATE,
    published_time VARCHAR,
    published_by DATE,
    published_precision VARCHAR,
    counted_to DATE NOT NULL,
    counted_to_inferred BOOLEAN NOT NULL,
    counted_precision VARCHAR,
    period_start DATE,
    period_end DATE,
    areas VARCHAR NOT NULL,
    area_stated VARCHAR NOT NULL,
    place_precision VARCHAR,
    measure VARCHAR NOT NULL,
    population VARCHAR NOT NULL,
    attributed_to VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    event VARCHAR,
    low BIGINT,
    best BIGINT,
    high BIGINT,
    number BIGINT,
    count_stated VARCHAR NOT NULL,
    standard VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    known_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE withdrawal (
    report_id VARCHAR NOT NULL,
    reason VARCHAR, -- NULL: the report stands again
    replaced_by VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE held (
    "row" BIGINT NOT NULL,
    verdict VARCHAR NOT NULL,
    raw VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL
);

CREATE TABLE resolution (
    "row" BIGINT NOT NULL,
    verdict VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL
);

CREATE TABLE finding (
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    fix VARCHAR NOT NULL,
    "row" BIGINT,
    "column" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    terms VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE mapping (
    mapping_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    "text" VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE redaction (
    record BIGINT NOT NULL,
    "table" VARCHAR NOT NULL,
    "row" BIGINT NOT NULL,
    "column" VARCHAR NOT NULL,
    stands VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE area (
    area_code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_ar VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    parent_code VARCHAR NOT NULL,
    members VARCHAR NOT NULL,
    aliases VARCHAR NOT NULL,
    lat DOUBLE,
    lon DOUBLE,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE source (
    source_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_ar VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    independence VARCHAR NOT NULL,
    usual_standard VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    aliases VARCHAR NOT NULL,
    counts_as VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE population (
    population VARCHAR NOT NULL,
    parent VARCHAR NOT NULL,
    split VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    label_ar VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE crisis (
    crisis_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_ar VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    period_start DATE,
    ended_on DATE,
    baseline_from DATE,
    baseline_to DATE,
    featured_areas VARCHAR NOT NULL,
    whole_area VARCHAR NOT NULL,
    about VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE context (
    crisis_id VARCHAR NOT NULL,
    "on" DATE NOT NULL,
    label VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);

CREATE TABLE weight (
    dimension VARCHAR NOT NULL,
    term VARCHAR NOT NULL,
    weight BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    seq BIGINT NOT NULL,
    "row" BIGINT NOT NULL
);
