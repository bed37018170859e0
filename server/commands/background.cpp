#include "server/commands/background.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/console_visitors.hpp"
#include "server/flows/jobs.hpp"
#include "server/flows/pause.hpp"
#include "server/flows/reconcile_nightly.hpp"
#include "server/flows/refund_order.hpp"
#include "server/flows/send_messages.hpp"
#include "server/flows/send_top_ups.hpp"
#include "server/flows/verify_books.hpp"
#include "server/flows/visitors.hpp"
#include "server/flows/watch_orders.hpp"
#include "server/flows/watch_refunds.hpp"

namespace commands {

struct background::state {
    explicit state(flows::parts& parts) : with{parts} {}

    flows::parts& with;
    std::atomic<bool> stopping{false};
    std::mutex guard;
    std::condition_variable ended;
    int running = 0;
};

namespace {

using round = base::task<bool> (*)(flows::parts&);  // true: there may be more to do at once

base::task<bool> watch_round(flows::parts& with) {
    const int looked_at = co_await flows::watch_once(with);
    co_return looked_at > 0;
}

base::task<bool> refunds_round(flows::parts& with) {
    co_await flows::send_late_money_back(with);
    co_await flows::watch_refunds_once(with);
    co_return false;
}

base::task<bool> verify_round(flows::parts& with) {
    co_await flows::verify_books_nightly(with);
    co_return false;
}

base::task<bool> messages_round(flows::parts& with) {
    const int looked_at = co_await flows::send_messages_once(with);
    co_return looked_at > 0;
}

base::task<bool> top_ups_round(flows::parts& with) {
    const int looked_at = co_await flows::send_top_ups_once(with);
    co_return looked_at > 0;
}

base::task<bool> message_news_round(flows::parts& with) {
    const bool more = co_await flows::look_after_messages(with);
    co_return more;
}

base::task<bool> reconcile_round(flows::parts& with) {
    co_await flows::reconcile_nightly(with);
    co_return false;
}

base::task<bool> sweep_round(flows::parts& with) {
    co_await flows::sweep_ended(with);
    co_await flows::sweep_console(with);
    co_await flows::sweep_jobs(with);
    co_return false;
}

base::task<bool> jobs_round(flows::parts& with) {
    const bool more = co_await flows::work_on_a_job(with);
    co_return more;
}

base::task<bool> certificates_round(flows::parts& with) {
    for (const auto& desk : with.desks) {
        if (desk->calls.certificates_are_due()) co_await desk->calls.refresh_certificates();
    }
    co_return false;
}

struct rhythm {
    std::string_view name;
    round play;
    std::chrono::milliseconds rest;
};

constexpr rhythm rhythms[] = {
    {"watch", watch_round, std::chrono::milliseconds{500}},
    // The rest is part of WeChat's pace: see flows/watch_refunds.
    {"refunds", refunds_round, std::chrono::milliseconds{1000}},
    {"verify", verify_round, std::chrono::minutes{1}},
    {"messages", messages_round, std::chrono::seconds{1}},
    {"top_ups", top_ups_round, std::chrono::seconds{1}},
    {"message_news", message_news_round, std::chrono::seconds{5}},
    {"reconcile", reconcile_round, std::chrono::minutes{1}},
    {"jobs", jobs_round, std::chrono::seconds{1}},
    {"sweep", sweep_round, std::chrono::minutes{5}},
    {"certificates", certificates_round, std::chrono::minutes{2}},
};

base::task<void> rest(const std::atomic<bool>& stopping, std::chrono::milliseconds how_long) {
    constexpr std::chrono::milliseconds step{100};
    for (auto rested = step; rested <= how_long && !stopping; rested += step) {
        co_await flows::pause(step);
    }
}

base::task<void> play_on(flows::parts& with, const std::atomic<bool>& stopping, rhythm what) {
    while (!stopping) {
        bool more = false;
        try {
            more = co_await what.play(with);
        } catch (const std::exception& failure) {
            base::log::warning(
                "background.failed", {{"story", what.name}, {"why", failure.what()}}
            );
        }
        if (!more) co_await rest(stopping, what.rest);
    }
}

}  // namespace

background::background(boost::asio::io_context& where, flows::parts& with)
    : state_{std::make_shared<state>(with)} {
    for (const auto& what : rhythms) {
        ++state_->running;
        boost::asio::co_spawn(
            where.get_executor(),
            play_on(with, state_->stopping, what),
            [kept = state_](std::exception_ptr) {
                const std::lock_guard lock{kept->guard};
                --kept->running;
                kept->ended.notify_all();
            }
        );
    }
}

background::~background() {
    stop();
}

void background::stop() {
    state_->stopping = true;
    state_->with.stopping = true;
    std::unique_lock lock{state_->guard};
    state_->ended.wait(lock, [this] { return state_->running == 0; });
}

}  // namespace commands
