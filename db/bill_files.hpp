#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"
#include "db/reconcile_lease.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// WeChat's daily bills, kept: the file as it came and the rows that are compared. A file is written
// in pieces, each a unit of its own; only `whole` says that all of it is there.
namespace db {

enum class bill_kind { trade, flow };
std::string_view name_of(bill_kind kind);

struct bill_key {
    day_scope of;
    bill_kind kind = bill_kind::trade;
};

struct kept_bill {
    std::string sha1;  // "": WeChat said that nothing happened
    std::int64_t raw_size = 0;
    std::int64_t rows = 0;
    bool whole = false;
    bool in_order = true;
    std::optional<base::fen> opening;
    std::optional<base::fen> closing;
    base::epoch_ms fetched_at = 0;
};

std::optional<kept_bill> find_bill(connection& db, const bill_key& key);

// The file as it was downloaded (gzip): its size, and its pieces from 1 on; "" beyond the last one.
std::int64_t bill_download_size(connection& db, const bill_key& key);
std::string bill_part(connection& db, const bill_key& key, int part_no);

// The columns of bill_rows; the schema says what each holds.
struct bill_row {
    std::int64_t line_no = 0;
    std::string what;
    base::epoch_ms at = 0;
    std::string business_no;
    std::string our_no;
    std::string other_no;
    base::fen amount;
    base::fen settled;
    std::int64_t fee_fine = 0;
    std::string name;
};

// The order of writing: begin, drop until nothing is left, parts and rows in any order, end.
void begin_bill(connection& db, const day_lease& mine, const bill_key& key, const kept_bill& made);
// Answers how many went; at most as many as one unit may change.
std::int64_t drop_bill_rows(connection& db, const day_lease& mine, const bill_key& key);
void keep_bill_part(
    connection& db, const day_lease& mine, const bill_key& key, int part_no, std::string_view bytes
);
void keep_bill_rows(
    connection& db, const day_lease& mine, const bill_key& key, std::span<const bill_row> rows
);
void end_bill(connection& db, const day_lease& mine, const bill_key& key, const kept_bill& made);

// A row of the trade bill by WeChat's number or ours; a movement by its flow number, all of one
// number together.
std::optional<bill_row> find_trade_row(
    connection& db, const day_scope& of, std::string_view what, std::string_view number
);
std::optional<bill_row> find_movement(
    connection& db, const day_scope& of, std::string_view flow_no
);

}  // namespace db
