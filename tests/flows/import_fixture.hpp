#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/pool.hpp"
#include "server/base/beijing.hpp"
#include "server/base/vault.hpp"
#include "server/flows/import_file.hpp"
#include "server/rules/id_number.hpp"
#include "tests/support/private_database.hpp"

// A migrated database, a pool and the calls that imports are tested with. Everybody is invented.
namespace import_fixture {

inline db::pool_options options_for(const db::url& where) {
    db::pool_options out;
    out.where = where;
    out.size = 2;
    return out;
}

// A valid ID number of somebody born on 2005-01-01; odd numbers are male.
inline std::string id_number(int number) {
    std::string body = "22010220050101";
    auto sequence = std::to_string(number % 1000);
    sequence.insert(0, 3 - sequence.size(), '0');
    // The area, too, so that there are enough of them.
    auto area = std::to_string(220102 + number / 1000);
    body = area + body.substr(6) + sequence;
    for (const char last : std::string_view{"0123456789X"}) {
        const auto whole = body + last;
        const auto judged = rules::judge_id_number(whole, base::business_day{2026, 11, 22});
        if (judged == rules::id_number_verdict::ok) return whole;
    }
    return {};
}

class school {
public:
    school() : school(std::make_unique<support::private_database>(), {}) {}
    school(
        std::unique_ptr<support::private_database> given,
        std::function<void(const db::fault_point&)> fault
    )
        : database{std::move(given)} {
        auto options = options_for(database->url());
        options.fault = std::move(fault);
        pool = std::make_unique<db::pool>(std::move(options));
    }

    flows::import_report import(
        flows::import_kind kind,
        std::string bytes,
        bool dry_run = false,
        std::function<void()> before_writing = {}
    ) {
        const flows::import_parts parts{
            *pool, vault, {"1900000001", "1900000002"}, std::move(before_writing)};
        return flows::import_file(parts, {kind, std::move(bytes), dry_run, "tester"});
    }
    flows::import_report students(std::string bytes, bool dry_run = false) {
        return import(flows::import_kind::students, std::move(bytes), dry_run);
    }
    flows::import_report bills(std::string bytes, bool dry_run = false) {
        return import(flows::import_kind::bills, std::move(bytes), dry_run);
    }
    flows::import_report items(std::string bytes, bool dry_run = false) {
        return import(flows::import_kind::items, std::move(bytes), dry_run);
    }

    flows::import_report adjustments(std::string bytes, bool dry_run = false) {
        return import(flows::import_kind::adjustments, std::move(bytes), dry_run);
    }

    std::string value(std::string_view sql) const { return database->value(sql); }
    std::string count(std::string_view table) const {
        return value("SELECT COUNT(*) FROM " + std::string{table});
    }
    void execute(std::string_view sql) const { database->execute(sql); }

    std::unique_ptr<support::private_database> database;
    base::vault vault{base::secret{std::string(32, 'k')}};
    std::unique_ptr<db::pool> pool;
};

// "row|column|code" of every fault.
inline std::vector<std::string> faults_of(const flows::import_report& report) {
    std::vector<std::string> out;
    for (const auto& fault : report.faults.first()) {
        out.push_back(std::to_string(fault.row) + "|" + fault.column + "|" + fault.code);
    }
    return out;
}

// "row|code" of every conflict.
inline std::vector<std::string> conflicts_of(const flows::import_report& report) {
    std::vector<std::string> out;
    for (const auto& one : report.difference.first_conflicts) {
        out.push_back(std::to_string(one.row) + "|" + one.code);
    }
    return out;
}

// "new changed unchanged conflicts"
inline std::string counts_of(const flows::import_report& report) {
    const auto& found = report.difference;
    return std::to_string(found.rows_new) + " " + std::to_string(found.rows_changed) + " " +
           std::to_string(found.rows_unchanged) + " " + std::to_string(found.rows_in_conflict);
}

}  // namespace import_fixture
