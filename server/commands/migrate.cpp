#include "db/migrate.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

#include "db/url.hpp"
#include "server/commands/command.hpp"

namespace commands {

void add_migrate_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("migrate", "Bring the database schema up to date");
    command->callback([&context] {
        const auto conf = context.conf();
        const auto where = db::parse_url(conf.database.url.reveal());
        const auto report = db::migrate(where, CAMPUS_SCHEMA_DIR);
        if (report.database_created) std::cout << "created the database\n";
        for (const auto& one : report.applied) {
            std::cout << "applied " << one.version << " " << one.name << ", " << one.statements
                      << " statements in " << one.took_ms << " ms\n";
        }
        std::cout << "schema version " << report.version_after << "\n";
    });
}

}  // namespace commands
