#include "tests/bench/db/college.hpp"

#include <algorithm>

namespace bench {
namespace {

constexpr std::int64_t lodging_fen = 120'000, tuition_fen = 700'000;

// VALUES in pieces, so that no statement outgrows a packet.
template <class Row>
void insert(
    const support::private_database& database, const std::string& head, int count, Row row
) {
    constexpr int piece = 1000;
    for (int start = 1; start <= count; start += piece) {
        std::string sql = head + " VALUES ";
        for (int number = start; number < start + piece && number <= count; ++number) {
            if (number != start) sql += ", ";
            sql += row(number);
        }
        database.execute(sql);
    }
}

std::string order_no(int student) {
    const auto digits = std::to_string(student);
    return "BENCH" + std::string(15 - digits.size(), '0') + digits;
}

}  // namespace

void enroll(const support::private_database& database, int students) {
    database.execute(
        "INSERT INTO fee_items (id, name, category, mch_id, created_ms, changed_ms) VALUES "
        "(1, '学费', 'tuition', '1900000001', 1, 1), (2, '住宿费', 'lodging', '1900000001', 1, 1), "
        "(3, '教材费', 'other', '1900000001', 1, 1)"
    );
    for (int item = 1; item <= 3; ++item) {
        const auto due = std::to_string(item == 1 ? tuition_fen : lodging_fen);
        insert(
            database,
            "INSERT INTO bills (id, person_id, item_id, period, standard_fen, due_fen, created_ms, "
            "changed_ms)",
            students,
            [&](int student) {
                return "(" + std::to_string(student * 10 + item) + "," + std::to_string(student) +
                       "," + std::to_string(item) + ",'2026-2027'," + due + "," + due + ",1,1)";
            }
        );
    }
}

std::vector<awaiting_order> open_orders(const support::private_database& database, int count) {
    const auto amount = std::to_string(tuition_fen + lodging_fen);
    insert(
        database,
        "INSERT INTO orders (id, order_no, person_id, request_id, request_hash, state, channel, "
        "mch_id, merchant_name, amount_fen, created_ms, pay_until_ms, provider_body)",
        count,
        [&](int student) {
            const auto id = std::to_string(student);
            return "(" + id + ",'" + order_no(student) + "'," + id + ",'r" + id +
                   "',REPEAT('h',32),'awaiting','jsapi','1900000001','学院'," + amount +
                   ",1,9000000000000,REPEAT('b',400))";
        }
    );
    for (int item = 1; item <= 2; ++item) {
        const auto fen = std::to_string(item == 1 ? tuition_fen : lodging_fen);
        insert(
            database,
            "INSERT INTO order_lines (order_id, line_no, bill_id, item_id, item_name, period, "
            "amount_fen)",
            count,
            [&](int student) {
                return "(" + std::to_string(student) + "," + std::to_string(item) + "," +
                       std::to_string(student * 10 + item) + "," + std::to_string(item) +
                       ",'费','2026-2027'," + fen + ")";
            }
        );
    }
    database.execute(
        "UPDATE bills b JOIN order_lines l ON l.bill_id = b.id JOIN orders o ON o.id = l.order_id "
        "SET b.live_order_no = o.order_no"
    );
    std::vector<awaiting_order> orders;
    for (int student = 1; student <= count; ++student) {
        orders.push_back({order_no(student), tuition_fen + lodging_fen});
    }
    return orders;
}

}  // namespace bench
