#include "server/routes/metrics.hpp"

#include <algorithm>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "server/base/clock.hpp"
#include "server/flows/health.hpp"

namespace routes {
namespace {

const prometheus::Histogram::BucketBoundaries seconds{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};

struct database_row {
    std::string_view name;
    const std::atomic<std::uint64_t>& value;
};

std::string database_text(const db::counters& counts) {
    const database_row rows[] = {
        {"units", counts.units},
        {"conflicts", counts.conflicts},
        {"lost", counts.lost},
        {"duplicates", counts.duplicates},
        {"broken", counts.broken},
        {"time_limits", counts.time_limits},
        {"ours", counts.ours},
        {"outcome_unknown", counts.outcome_unknown},
        {"found_committed", counts.found_committed},
        {"found_not_committed", counts.found_not_committed},
        {"gave_up_unknown", counts.gave_up_unknown},
        {"gave_up_unavailable", counts.gave_up_unavailable},
        {"refused_busy", counts.refused_busy},
        {"circuit_opened", counts.circuit_opened},
        {"connections_opened", counts.connections_opened},
    };
    std::string out = "# TYPE campuspay_database_total counter\n";
    for (const auto& row : rows) {
        out += "campuspay_database_total{what=\"" + std::string{row.name} + "\"} " +
               std::to_string(row.value.load()) + "\n";
    }
    out += "# TYPE campuspay_database gauge\n";
    out += "campuspay_database{what=\"waiting\"} " + std::to_string(counts.waiting.load()) + "\n";
    out += "campuspay_database{what=\"running\"} " + std::to_string(counts.running.load()) + "\n";
    out += "campuspay_database{what=\"connections\"} " + std::to_string(counts.connections.load()) +
           "\n";
    return out;
}

// The gauges are as old as the last look at the database (some seconds); the age goes on growing,
// so that a dead database does not make it look well.
std::string outbox_text(const flows::message_desk& desk) {
    const auto line = [](std::string_view name, std::string_view what, std::int64_t value) {
        std::string out = "campuspay_outbox" + std::string{name};
        if (!what.empty()) out += "{what=\"" + std::string{what} + "\"}";
        return out + " " + std::to_string(value) + "\n";
    };
    const auto oldest_at = desk.oldest_at.load();
    const auto age_s =
        oldest_at == 0 ? 0 : std::max<std::int64_t>(base::now_s() - oldest_at / 1000, 0);
    const auto counted = [](const std::atomic<std::uint64_t>& value) {
        return static_cast<std::int64_t>(value.load());
    };
    return "# TYPE campuspay_outbox gauge\n" + line("", "queued", desk.queued_now) +
           line("", "failed", desk.failed_now) + "# TYPE campuspay_outbox_oldest_seconds gauge\n" +
           line("_oldest_seconds", "", age_s) + "# TYPE campuspay_outbox_total counter\n" +
           line("_total", "sent", counted(desk.sent)) +
           line("_total", "skipped", counted(desk.skipped)) +
           line("_total", "failed", counted(desk.failed)) +
           line("_total", "postponed", counted(desk.postponed));
}

}  // namespace

struct metrics::inside {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                            .Name("campuspay_requests_total")
                                                            .Help("Answered requests")
                                                            .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("campuspay_request_seconds")
            .Help("From the complete head to the answer")
            .Register(registry);
    prometheus::Gauge& connections = prometheus::BuildGauge()
                                         .Name("campuspay_connections")
                                         .Help("Open connections")
                                         .Register(registry)
                                         .Add({});
};

metrics::metrics() : inside_{std::make_unique<inside>()} {}
metrics::~metrics() = default;

void metrics::answered(const http::access& what) {
    const std::string route{what.route};
    inside_->requests.Add({{"route", route}, {"status", std::to_string(what.status)}}).Increment();
    inside_->durations.Add({{"route", route}}, seconds)
        .Observe(static_cast<double>(what.duration_us) / 1e6);
}

void metrics::connections(int change) {
    inside_->connections.Increment(change);
}

std::string metrics::text(const flows::parts& with) const {
    const prometheus::TextSerializer serializer;
    return serializer.Serialize(inside_->registry.Collect()) + database_text(with.pool.counts()) +
           outbox_text(with.messages);
}

void add_ops_routes(http::router& table, flows::parts& with, const metrics& counted) {
    const auto add = [&](std::string_view path, http::immediate_handler tell) {
        http::route row;
        row.pattern = path;
        row.at_once = std::move(tell);
        table.add(std::move(row));
    };
    add("/healthz", [](const http::request&) {
        return http::reply{200, "text/plain; charset=utf-8", "ok\n"};
    });
    add("/metrics", [&](const http::request&) {
        return http::reply{200, "text/plain; version=0.0.4; charset=utf-8", counted.text(with)};
    });
    // A question to the database, so that a load balancer learns of its absence.
    table.get("/readyz", [&with](const http::request&) -> base::task<http::reply> {
        const bool ready = co_await flows::is_ready(with);
        const unsigned status = ready ? 200 : 503;
        const std::string text = ready ? "ready\n" : "database away\n";
        co_return http::reply(status, "text/plain; charset=utf-8", text);
    });
}

}  // namespace routes
