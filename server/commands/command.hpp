#pragma once

#include <functional>
#include <optional>
#include <string>

#include "server/base/conf.hpp"
#include "server/base/task.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}
namespace flows {
struct parts;
}

// The subcommands of the program, one file each. Each adds itself to the command line and, when
// chosen, runs inside CLI11's parse() and leaves its exit code here:
//   0 done · 1 refused, nothing was written · 2 wrong usage · 3 a fault outside (database, files)
// main turns CLI::ParseError into 2 (0 for --help) and base::error into 3.
namespace commands {

class command_context {
public:
    std::string conf_path = "conf/campuspay.toml";  // bound to --config
    int exit_code = 0;

    // Read at the first call, so that --help works without a configuration.
    const base::conf& conf() {
        if (!conf_) conf_ = base::read_conf(conf_path, base::process_environment());
        return *conf_;
    }

private:
    std::optional<base::conf> conf_;
};

// What reads whole tables may take so long, in a pool of its own.
inline constexpr int long_read_s = 600;

// Runs a story to its end, on parts and an I/O context of its own.
void play(const base::conf& conf, const std::function<base::task<void>(flows::parts&)>& story);

// context must live until parse() has returned.
void add_serve_command(CLI::App& app, command_context& context);
void add_migrate_command(CLI::App& app, command_context& context);
void add_import_command(CLI::App& app, command_context& context);
void add_menu_command(CLI::App& app, command_context& context);
void add_outbox_command(CLI::App& app, command_context& context);
void add_doctor_command(CLI::App& app, command_context& context);
void add_refund_command(CLI::App& app, command_context& context);
void add_verify_command(CLI::App& app, command_context& context);
void add_ledger_command(CLI::App& app, command_context& context);
void add_operator_command(CLI::App& app, command_context& context);
void add_reconcile_command(CLI::App& app, command_context& context);

}  // namespace commands
