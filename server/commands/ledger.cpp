#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "db/balances.hpp"
#include "db/people.hpp"
#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/commands/command.hpp"
#include "server/flows/parts.hpp"

// campuspay ledger balance [--account NAME | --student NUMBER] [--on DAY]
namespace commands {
namespace {

struct balance_options {
    std::string account;
    std::string student_no;
    std::string day;
};

std::optional<base::epoch_ms> end_of_wanted_day(const std::string& text) {
    if (text.empty()) return base::end_of(base::business_day_of(base::now_ms()));
    const auto day = base::parse_day(text);
    if (!day) return std::nullopt;
    return base::end_of(*day);
}

struct answer {
    bool student_known = true;
    std::vector<db::account_balance> rows;
};

answer read(db::connection& db, const balance_options& options, base::epoch_ms until) {
    answer out;
    if (options.student_no.empty()) {
        out.rows = db::balances_at(db, until, options.account);
        return out;
    }
    const auto person = db::find_person_by_student_no(db, options.student_no);
    out.student_known = person.has_value();
    if (person) out.rows = db::balances_of_person(db, person->id, until);
    return out;
}

int balance(const base::conf& conf, const balance_options& options) {
    const auto until = end_of_wanted_day(options.day);
    if (!until) {
        std::cerr << "--on 应为日期，例如 2026-11-22\n";
        return 2;
    }
    answer found;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        const auto unit = [&](db::connection& db) { return read(db, options, *until); };
        found = co_await with.long_reads.read(unit, db::for_command);
    });
    if (!found.student_known) {
        std::cerr << "没有这个学号的在校学生\n";
        return 1;
    }
    for (const auto& row : found.rows) {
        // Fees and suspense stand on the credit side: what was collected is shown as such.
        const bool credit = row.amount < base::fen{};
        std::cout << fmt::format(
            "{:<28} {} {:>16}  {}\n",
            row.account,
            credit ? "贷" : "借",
            base::to_grouped_yuan(credit ? -row.amount : row.amount),
            row.item_name
        );
    }
    if (found.rows.empty()) std::cout << "没有分录\n";
    return 0;
}

}  // namespace

void add_ledger_command(CLI::App& app, command_context& context) {
    auto* ledger = app.add_subcommand("ledger", "总账");
    ledger->require_subcommand(1);
    auto* command = ledger->add_subcommand("balance", "某日日终各科目或某学生的余额");
    auto options = std::make_shared<balance_options>();
    auto* account = command->add_option("--account", options->account, "科目，例如 suspense");
    command->add_option("--student", options->student_no, "学号")->excludes(account);
    command->add_option("--on", options->day, "日期，默认今天，例如 2026-11-22");
    command->callback([options, &context] { context.exit_code = balance(context.conf(), *options); }
    );
}

}  // namespace commands
