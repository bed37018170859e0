#include <iostream>

#include <CLI/CLI.hpp>

#include "server/base/error.hpp"
#include "server/commands/command.hpp"

// Reads the command line; server/commands/ has one file per subcommand.
int main(int count, char** words) {
    CLI::App app{"campuspay: the payment platform of a college"};
    app.require_subcommand(1);
    commands::command_context context;
    app.add_option("--config", context.conf_path, "configuration file")->capture_default_str();
    commands::add_serve_command(app, context);
    commands::add_migrate_command(app, context);
    commands::add_import_command(app, context);
    commands::add_menu_command(app, context);
    commands::add_outbox_command(app, context);
    commands::add_doctor_command(app, context);
    commands::add_refund_command(app, context);
    commands::add_verify_command(app, context);
    commands::add_ledger_command(app, context);
    commands::add_operator_command(app, context);
    commands::add_reconcile_command(app, context);
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& failure) {
        return app.exit(failure) == 0 ? 0 : 2;
    } catch (const base::error& failure) {
        std::cerr << "campuspay: " << failure.message() << " (" << failure.what() << ")\n";
        return 3;
    } catch (const std::exception& failure) {
        std::cerr << "campuspay: " << failure.what() << "\n";
        return 3;
    }
    return context.exit_code;
}
