#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/order_search.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/parts.hpp"
#include "server/flows/refund_batches.hpp"
#include "server/rules/refund_rules.hpp"

// Refunds from a file: shown row by row first, then asked for as one batch, all of it or nothing.
namespace flows {

inline constexpr std::size_t refund_file_rows_max = 500;

struct refund_file_row {
    int row_no = 0;  // as Excel counts
    std::string order_no;
    std::optional<base::fen> amount;
    std::string reason;
    std::string problem;  // a sentence; "" = sound
    std::optional<base::fen> left;
    std::optional<db::listed_student> student;
};

struct refund_file_check {
    std::vector<refund_file_row> rows;
    base::fen total;  // of the sound ones
    int sound = 0;
    std::optional<std::int64_t> known_batch;  // the same file has made it before
};

// Changes nothing. Throws refund_file_unfit for a file that is no such table.
base::task<refund_file_check> check_refund_file(
    parts& with, const console_visitor& who, std::string bytes
);

struct refund_file_request {
    std::string request_id;
    std::string name;
    std::string bytes;
    rules::refund_reason reason = rules::refund_reason::mistake;
    base::fen total_seen;
    std::string note;
};

// Throws refund_file_unfit, refund_file_known, refund_figures_changed, request_id_reused.
base::task<batch_story> ask_refund_file(
    parts& with, const console_visitor& who, refund_file_request wanted
);

}  // namespace flows
