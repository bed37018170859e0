#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "db/orders.hpp"
#include "db/payments.hpp"
#include "db/pool.hpp"
#include "db/verify.hpp"
#include "server/base/encoding.hpp"
#include "tests/support/private_database.hpp"

// One student with bills 1 (5,300.00), 2 (1,000.00) and 3 (486.50), and one with bill 4.
namespace college_fixture {

constexpr base::epoch_ms noon = 1'795'320'000'000;  // 2026-11-22 12:00 Beijing
constexpr std::int64_t student = 11;
constexpr std::int64_t other_student = 12;
inline const std::string mch_id = "1900000001";

struct college {
    support::private_database database;
    db::pool pool;

    explicit college(int connections = 2) : pool{options(database, connections)} {
        database.execute(
            "INSERT INTO fee_items (id, name, category, mch_id, created_ms, changed_ms) VALUES "
            "(1, '学费', 'tuition', '1900000001', 0, 0), (2, '住宿费', 'lodging', '1900000001', 0, "
            "0), (3, '教材费', 'other', '1900000002', 0, 0);"
            "INSERT INTO people (id, kind, name, id_number_hash, id_number_sealed, created_ms, "
            "changed_ms) VALUES (11, 'current', '甲', REPEAT('a', 32), 'x', 0, 0), "
            "(12, 'current', '乙', REPEAT('b', 32), 'x', 0, 0);"
            "INSERT INTO bills (id, person_id, item_id, period, standard_fen, due_fen, created_ms, "
            "changed_ms) VALUES (1, 11, 1, '2026', 530000, 530000, 0, 0), "
            "(2, 11, 2, '2026', 100000, 100000, 0, 0), (3, 11, 3, '2026', 48650, 48650, 0, 0), "
            "(4, 12, 1, '2026', 530000, 530000, 0, 0)"
        );
    }

    static db::pool_options options(const support::private_database& database, int connections) {
        db::pool_options out;
        out.where = database.url();
        out.size = connections;
        return out;
    }

    db::open_outcome open(
        const std::string& order_no,
        std::vector<std::int64_t> bills,
        std::int64_t total,
        const std::string& request_id = "",
        std::int64_t person = student
    ) {
        db::order_draft draft;
        draft.order_no = order_no;
        draft.person_id = person;
        draft.request_id = request_id.empty() ? "request-" + order_no : request_id;
        std::string intent = std::to_string(total);
        for (const auto id : bills) intent += "," + std::to_string(id);
        draft.request_hash = base::sha256(intent);
        draft.openid = "oTest";
        draft.bill_ids = std::move(bills);
        draft.total_seen = base::fen{total};
        draft.now = noon;
        draft.pay_until = noon + 1'800'000;
        draft.merchant_name = [](const std::string&) { return std::string{"学院"}; };
        draft.provider_body = [](const db::order& one) { return "body of " + one.order_no; };
        return pool.run_now([&](db::connection& db) { return db::open_order(db, draft); });
    }

    static db::payment_fact fact(const std::string& order_no, std::int64_t amount) {
        db::payment_fact out;
        out.mch_id = mch_id;
        out.order_no = order_no;
        out.transaction_id = "4200" + order_no;
        out.amount = base::fen{amount};
        out.paid_at = noon + 60'000;
        return out;
    }

    db::payment_outcome pay(const db::payment_fact& told) {
        return pool.run_now([&](db::connection& db) {
            return db::apply_payment(db, told, noon + 61'000);
        });
    }

    db::close_outcome close(const std::string& order_no) {
        return pool.run_now([&](db::connection& db) {
            return db::apply_close(db, order_no, noon + 62'000);
        });
    }

    bool settle_parked(const std::string& order_no) {
        return pool.run_now([&](db::connection& db) {
            return db::settle_parked(db, order_no, noon + 63'000);
        });
    }

    std::string state_of(const std::string& order_no) const {
        return database.value("SELECT state FROM orders WHERE order_no = '" + order_no + "'");
    }
    std::string paid_of_bill(int bill) const {
        return database.value("SELECT paid_fen FROM bills WHERE id = " + std::to_string(bill));
    }
    std::string holder_of_bill(int bill) const {
        return database.value(
            "SELECT COALESCE(live_order_no, '') FROM bills WHERE id = " + std::to_string(bill)
        );
    }
    std::string balance(const std::string& account) const {
        return database.value(
            "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS SIGNED) FROM ledger_entries WHERE account "
            "= '" +
            account + "'"
        );
    }

    // "" when the books tie, else the first check that does not hold, and where.
    std::string flaw() {
        return pool.run_now([](db::connection& db) {
            for (const auto& check : db::book_checks()) {
                const auto places = db::broken_places(db, check, 1);
                if (!places.empty()) return std::string{check.name} + ": " + places.front();
            }
            return db::walk_chain(db, {}, 10'000).flaw;
        });
    }
};

}  // namespace college_fixture
