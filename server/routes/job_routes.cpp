#include "server/routes/job_routes.hpp"

#include <memory>
#include <string>
#include <utility>

#include "server/base/error.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/download.hpp"

namespace routes {
namespace {

void write_job(json_writer& out, const db::job& one) {
    out.text("job_id", std::to_string(one.id));
    out.text("kind", one.kind);
    out.text("state", db::name_of(one.state));
    out.number("progress", one.progress);
    if (one.total) out.number("total", *one.total);
    if (!one.said.empty()) out.text("said", one.said);
    if (!one.file_name.empty()) {
        out.text("file_name", one.file_name);
        out.number("file_size", one.file_size);
    }
    out.number("created_at", one.created_at);
    if (one.ended_at) out.number("ended_at", *one.ended_at);
}

std::int64_t job_in(const http::request& asked) {
    const auto id = id_of(asked.parameter("job"));
    if (!id) throw base::error{base::errc::job_not_found};
    return *id;
}

base::task<http::reply> list(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    const auto found = co_await flows::jobs_of(with, who.who.id);
    json_writer out;
    out.object([&] {
        out.array("jobs", [&] {
            for (const auto& one : found) out.object([&] { write_job(out, one); });
        });
    });
    co_return out.reply();
}

base::task<http::reply> look(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto found = co_await flows::find_job(with, who.who.id, job_in(asked));
    co_return job_reply(found);
}

base::task<http::reply> cancel(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto now = co_await flows::cancel_job(with, who.who.id, job_in(asked));
    co_return job_reply(now);
}

base::task<http::reply> fetch(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto found = co_await flows::find_job(with, who.who.id, job_in(asked));
    if (found.file_name.empty()) throw base::error{base::errc::job_not_found};
    auto source = std::make_shared<http::body_source>();
    source->size = static_cast<std::uint64_t>(found.file_size);
    source->piece = [&with, id = found.id](int number) {
        return flows::job_part(with, id, number);
    };
    co_return download(found.file_name, std::move(source));
}

}  // namespace

http::reply job_reply(const db::job& one) {
    json_writer out;
    out.object([&] { write_job(out, one); });
    return out.reply();
}

void add_job_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto row = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell);
    };
    row(verb::get, "/jobs", "listJobs", list);
    row(verb::get, "/jobs/{job}", "getJob", look);
    row(verb::post, "/jobs/{job}/cancel", "cancelJob", cancel);
    row(verb::get, "/jobs/{job}/file", "getJobFile", fetch);
}

}  // namespace routes
