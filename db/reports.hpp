#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/college_scope.hpp"
#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// Sums and lists for finance. They read whole tables: for the pool of long reads. Bills that a
// payer starts himself count once they are paid; what an open order holds of them is no debt.
namespace db {

enum class fee_group { college, major, class_name, grade, item, period };
std::string_view name_of(fee_group group);
std::optional<fee_group> fee_group_named(std::string_view name);

struct fee_filter {
    college_scope scope;
    std::string college;  // "": all; likewise below
    std::string major;
    std::string class_name;
    std::string grade;
    std::string item;
    std::string period;
};

struct fee_sums {
    std::int64_t bills = 0;
    std::int64_t students = 0;
    std::int64_t debtors = 0;  // students who owe something
    base::fen due;
    base::fen paid;
    base::fen owed;  // never less than nothing: what one bill has too much pays no other
};

struct fee_row {
    std::string key;  // of the group; "" where the students have none
    fee_sums sums;
};

// At most `count` rows, those that owe most first; `all` is exact whatever was cut.
struct fee_report {
    std::vector<fee_row> rows;
    fee_sums all;
};
fee_report sum_fees(connection& db, fee_group group, const fee_filter& filter, int count);

// What the filters can be set to, within the scope.
struct fee_filter_choices {
    std::vector<std::string> colleges;
    std::vector<std::string> majors;
    std::vector<std::string> classes;
    std::vector<std::string> grades;
    std::vector<std::string> items;
    std::vector<std::string> periods;
};
fee_filter_choices choices_of_fees(connection& db, const fee_filter& filter);

// Money that came and went between two instants, by when WeChat took it.
enum class money_group { day, hour, merchant, channel, item };
std::string_view name_of(money_group group);
std::optional<money_group> money_group_named(std::string_view name);

struct money_row {
    std::string key;  // "2026-11-22", "2026-11-22 09", mch_id, channel, item
    std::int64_t payments = 0;
    base::fen paid;
    std::int64_t refunds = 0;
    base::fen refunded;
};
// [from, until), by key. By item the money of an order counts for its lines; what stands on none
// (odd money) has the key "".
std::vector<money_row> sum_money(
    connection& db, money_group group, base::epoch_ms from, base::epoch_ms until
);

// Who owes, bill by bill, for whoever reminds them. No ID numbers.
struct debt {
    std::int64_t bill_id = 0;
    std::string student_no;
    std::string name;
    std::string college;
    std::string major;
    std::string class_name;
    std::string item;
    std::string period;
    base::fen due;
    base::fen paid;
    base::fen owed;
};

// The next `count` debts behind (class, student, bill): hand the last one back for more.
struct debt_place {
    std::string class_name;
    std::int64_t person_id = 0;
    std::int64_t bill_id = 0;
};
struct debt_page {
    std::vector<debt> debts;
    std::optional<debt_place> next;  // nothing: that was all
};
debt_page list_debts(
    connection& db, const fee_filter& filter, const std::optional<debt_place>& after, int count
);

}  // namespace db
