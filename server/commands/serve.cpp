#include <csignal>
#include <exception>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "db/migrate.hpp"
#include "db/pool.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/commands/background.hpp"
#include "server/commands/command.hpp"
#include "server/http/server.hpp"
#include "server/http/static_files.hpp"
#include "server/routes/account_routes.hpp"
#include "server/routes/audit_routes.hpp"
#include "server/routes/bill_routes.hpp"
#include "server/routes/choice_routes.hpp"
#include "server/routes/console_day_routes.hpp"
#include "server/routes/console_order_routes.hpp"
#include "server/routes/console_refund_routes.hpp"
#include "server/routes/console_report_routes.hpp"
#include "server/routes/console_session_routes.hpp"
#include "server/routes/family_routes.hpp"
#include "server/routes/job_routes.hpp"
#include "server/routes/metrics.hpp"
#include "server/routes/operator_routes.hpp"
#include "server/routes/order_routes.hpp"
#include "server/routes/page_routes.hpp"
#include "server/routes/receipt_routes.hpp"
#include "server/routes/refund_batch_routes.hpp"
#include "server/routes/session_routes.hpp"
#include "server/routes/wechat_routes.hpp"
#include "wechat/http_client.hpp"

namespace commands {
namespace {

// Keys and personal data are in our memory: none of it goes into a core file.
void no_core_dumps() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

sigset_t block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

http::server_options options_of(const base::conf& conf) {
    http::server_options out;
    out.io_threads = conf.server.io_threads;
    out.trusted_proxies = conf.server.trusted_proxies;
    out.https = conf.server.public_url.rfind("https://", 0) == 0;
    return out;
}

base::log::level threshold_of(const std::string& name) {
    if (name == "debug") return base::log::level::debug;
    return name == "warning" ? base::log::level::warning : base::log::level::info;
}

// Builds the parts in order, runs, and stops them in reverse.
void serve(const base::conf& conf) {
    const auto signals = block_stop_signals();
    no_core_dumps();
    base::log::set_threshold(threshold_of(conf.server.log_level));

    db::pool_options pool_options;
    pool_options.where = db::parse_url(conf.database.url.reveal());
    pool_options.size = static_cast<int>(conf.database.pool_size);
    if (!db::is_current(pool_options.where, CAMPUS_SCHEMA_DIR)) {
        throw base::error{base::errc::conf_invalid, "the schema is old: run `campuspay migrate`"};
    }
    db::pool pool{pool_options};
    auto long_options = pool_options;
    long_options.size = 1;
    long_options.read_timeout_s = long_read_s;
    long_options.statement_limit_s = long_read_s;
    db::pool long_reads{long_options};
    wechat::beast_client http;
    flows::parts parts{conf, pool, long_reads, http};
    routes::metrics counted;
    const http::static_files files{{conf.server.static_dir, ""}};
    if (files.empty()) base::log::warning("static.empty", {{"dir", conf.server.static_dir}});

    auto options = options_of(conf);
    http::router open_table;
    routes::add_session_routes(open_table, parts);
    routes::add_account_routes(open_table, parts);
    routes::add_bill_routes(open_table, parts);
    routes::add_order_routes(open_table, parts);
    routes::add_receipt_routes(open_table, parts);
    routes::add_family_routes(open_table, parts);
    routes::add_choice_routes(open_table, parts);
    routes::add_console_session_routes(open_table, parts);
    routes::add_operator_routes(open_table, parts);
    routes::add_job_routes(open_table, parts);
    routes::add_console_day_routes(open_table, parts);
    routes::add_console_report_routes(open_table, parts);
    routes::add_console_order_routes(open_table, parts);
    routes::add_console_refund_routes(open_table, parts);
    routes::add_refund_batch_routes(open_table, parts);
    routes::add_audit_routes(open_table, parts);
    routes::add_wechat_routes(open_table, parts);
    routes::add_page_routes(open_table, parts, files);
    http::router ops_table;
    routes::add_ops_routes(ops_table, parts, counted);
    options.listen.push_back({conf.server.listen, std::move(open_table)});
    options.listen.push_back({conf.server.ops_listen, std::move(ops_table)});
    http::server_hooks hooks;
    hooks.answered = [&counted](const http::access& what) {
        counted.answered(what);
        http::log_access(what);
    };
    hooks.connections = [&counted](int change) { counted.connections(change); };
    http::server server{std::move(options), std::move(hooks)};
    server.start();
    background watching{server.context(0), parts};
    base::log::info("serve.started", {{"listen", conf.server.listen}});

    int signal = 0;
    sigwait(&signals, &signal);
    base::log::info("serve.stopping", {{"signal", signal}});
    watching.stop();
    server.stop();
    pool.stop();
    long_reads.stop();
    base::log::info("serve.stopped");
}

}  // namespace

void add_serve_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("serve", "Run the server until SIGINT or SIGTERM");
    command->callback([&context] { serve(context.conf()); });
}

}  // namespace commands
