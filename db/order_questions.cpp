#include "db/order_questions.hpp"

namespace db {
namespace {

constexpr auto count_again =
    "UPDATE order_questions SET times = times + 1, last_ms = ? "
    "WHERE order_no = ? AND kind = ? AND answer = ?";

// A second server may have been faster by a moment: then it is counted.
constexpr auto insert_first =
    "INSERT INTO order_questions (order_no, kind, answer, first_ms, last_ms) "
    "VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE times = times + 1, last_ms = VALUES(last_ms)";

constexpr auto of_order =
    "SELECT kind, answer, times, first_ms, last_ms FROM order_questions WHERE order_no = ? "
    "ORDER BY first_ms, kind, answer";

constexpr std::size_t answer_bytes_max = 48;

}  // namespace

std::string_view name_of(question_kind kind) {
    return kind == question_kind::query ? "query" : "close";
}

void note_question(
    connection& db,
    std::string_view order_no,
    question_kind kind,
    std::string_view answer,
    base::epoch_ms now
) {
    const auto kept = answer.substr(0, answer_bytes_max);
    if (db.change(count_again, now, order_no, name_of(kind), kept) == 1) return;
    db.change(insert_first, order_no, name_of(kind), kept, now, now);
}

std::vector<order_question> questions_of_order(connection& db, std::string_view order_no) {
    std::vector<order_question> out;
    auto found = db.select(of_order, order_no);
    out.reserve(found.size());
    while (found.next()) {
        out.push_back(
            {found.text("kind") == "close" ? question_kind::close : question_kind::query,
             found.text("answer"),
             static_cast<int>(found.i64("times")),
             found.i64("first_ms"),
             found.i64("last_ms")}
        );
    }
    return out;
}

}  // namespace db
