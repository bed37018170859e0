#include <iostream>

#include <CLI/CLI.hpp>

#include "server/commands/command.hpp"
#include "server/flows/verify_books.hpp"

// campuspay verify
namespace commands {
namespace {

int verify(const base::conf& conf) {
    flows::books_report report;
    play(conf, [&](flows::parts& with) -> base::task<void> {
        report = co_await flows::verify_books(with);
    });
    for (const auto& one : report.promises) {
        std::cout << (one.broken.empty() ? "相符  " : "不符  ") << one.promise << " [" << one.name
                  << "]\n";
        for (const auto& place : one.broken) std::cout << "      " << place << "\n";
    }
    std::cout << (report.sound() ? "账目全部相符" : "账目有不符之处，请立即核查") << "，已核对 "
              << report.journals << " 笔分录\n";
    return report.sound() ? 0 : 1;
}

}  // namespace

void add_verify_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("verify", "核对账目：链条、合计与各项承诺（只读）");
    command->callback([&context] { context.exit_code = verify(context.conf()); });
}

}  // namespace commands
