#include "server/commands/command.hpp"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "db/pool.hpp"
#include "server/flows/parts.hpp"
#include "wechat/http_client.hpp"

namespace commands {

void play(const base::conf& conf, const std::function<base::task<void>(flows::parts&)>& story) {
    // First, so that it outlives the workers: they let go of it after the answer was handed over.
    boost::asio::io_context context{1};
    db::pool_options options;
    options.where = db::parse_url(conf.database.url.reveal());
    options.size = 1;
    options.read_timeout_s = long_read_s;
    options.statement_limit_s = long_read_s;
    db::pool pool{options};
    wechat::beast_client http;
    flows::parts parts{conf, pool, pool, http};
    std::exception_ptr failure;
    boost::asio::co_spawn(context.get_executor(), story(parts), [&](std::exception_ptr thrown) {
        failure = thrown;
        context.stop();
    });
    auto guard = boost::asio::make_work_guard(context);
    context.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace commands
