#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "db/orders.hpp"
#include "db/payments.hpp"
#include "db/pool.hpp"
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

    // "" when the books tie, else the first check that does not.
    std::string flaw() const {
        const std::pair<const char*, const char*> checks[] = {
            {"every journal sums to zero",
             "SELECT COUNT(*) FROM (SELECT journal_id FROM ledger_entries GROUP BY journal_id "
             "HAVING SUM(amount_fen) <> 0) odd"},
            {"provider account = payments",
             "SELECT COALESCE((SELECT SUM(amount_fen) FROM ledger_entries WHERE account LIKE "
             "'provider:%'), 0) - COALESCE((SELECT SUM(amount_fen) FROM payments), 0)"},
            {"suspense = surplus of payments",
             "SELECT COALESCE((SELECT SUM(amount_fen) FROM ledger_entries WHERE account = "
             "'suspense'), 0) + COALESCE((SELECT SUM(surplus_fen) FROM payments), 0)"},
            {"bills = credited lines",
             "SELECT COUNT(*) FROM bills b WHERE b.paid_fen <> COALESCE((SELECT "
             "SUM(l.credited_fen) FROM order_lines l WHERE l.bill_id = b.id), 0)"},
            {"bills = ledger",
             "SELECT COUNT(*) FROM bills b WHERE b.paid_fen <> COALESCE((SELECT "
             "-SUM(e.amount_fen) FROM ledger_entries e WHERE e.bill_id = b.id), 0)"},
            {"no bill over-credited", "SELECT COUNT(*) FROM bills WHERE paid_fen > due_fen"},
            {"held bills have a live order",
             "SELECT COUNT(*) FROM bills b WHERE b.live_order_no IS NOT NULL AND NOT EXISTS "
             "(SELECT "
             "1 FROM orders o WHERE o.order_no = b.live_order_no AND o.state IN ('opened', "
             "'awaiting'))"},
            {"live orders hold their bills",
             "SELECT COUNT(*) FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN bills b "
             "ON "
             "b.id = l.bill_id WHERE o.state IN ('opened', 'awaiting') AND (b.live_order_no IS "
             "NULL "
             "OR b.live_order_no <> o.order_no)"},
            {"paid orders have one payment",
             "SELECT COUNT(*) FROM orders o WHERE o.state IN ('paid', 'paid_late') AND NOT EXISTS "
             "(SELECT 1 FROM payments p WHERE p.order_no = o.order_no)"},
            {"each settled payment has its message",
             "SELECT COUNT(*) FROM payments p WHERE p.state <> 'odd' AND NOT EXISTS (SELECT 1 FROM "
             "outbox m WHERE m.business_key = CONCAT('paid:', p.order_no))"},
        };
        for (const auto& [name, sql] : checks) {
            if (database.value(sql) != "0") return name;
        }
        return {};
    }
};

}  // namespace college_fixture
