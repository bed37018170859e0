#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/refund_batches.hpp"
#include "server/base/task.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/parts.hpp"

// Refunds asked for together and released as one by another person. A batch is gone through row by
// row, one unit each; repeating the call goes on where it stopped, whoever was interrupted.
namespace flows {

struct batch_story {
    db::refund_batch batch;
    std::vector<db::batch_row> rows;
    // Of a leaver.
    std::vector<db::leaver_figure> figures;
    db::listed_student student;
};

// Opens it, or finds the one of the same request id, and asks for all of its rows. Throws
// request_id_reused, refund_file_known, leaver_waits_already.
base::task<batch_story> ask_batch(parts& with, const console_visitor& who, db::batch_draft draft);

// Throws refund_batch_not_found.
base::task<batch_story> story_of_batch(parts& with, const console_visitor& who, std::int64_t id);

struct batch_page {
    std::vector<db::refund_batch> batches;
    std::optional<std::int64_t> next;
};
base::task<batch_page> list_batches(parts& with, const console_visitor& who, std::int64_t before);

// Throws refund_batch_not_found, refund_batch_not_possible, refund_needs_another_person,
// refund_figures_changed.
base::task<batch_story> release_batch(
    parts& with, const console_visitor& who, std::int64_t id, base::fen total_seen
);
base::task<batch_story> reject_batch(
    parts& with, const console_visitor& who, std::int64_t id, std::string reason
);

// What whoever looks could do now.
bool may_release(const console_visitor& who, const db::refund_batch& one);
bool may_reject(const console_visitor& who, const db::refund_batch& one);

}  // namespace flows
