#include "server/routes/refund_batch_routes.hpp"

#include <utility>

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/leaver_refunds.hpp"
#include "server/flows/refund_files.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/console_orders.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

constexpr std::size_t file_bytes_as_text = 60'000;
constexpr std::size_t file_name_characters = 200;
constexpr std::size_t note_characters = 200;
constexpr std::size_t reject_reason_characters = 100;
constexpr std::size_t body_bytes = 64 * 1024;

[[noreturn]] void refuse(const char* name) {
    throw base::error{base::errc::bad_request, name};
}

std::int64_t batch_in(const http::request& asked) {
    const auto id = id_of(asked.parameter("batch"));
    if (!id) throw base::error{base::errc::refund_batch_not_found};
    return *id;
}

std::string file_in(const json_object& form) {
    auto bytes = base::from_base64(form.text("content", file_bytes_as_text));
    if (!bytes) {
        throw base::error{base::errc::refund_file_unfit, "content", "文件没有完整上传，请重新选择"};
    }
    return std::move(*bytes);
}

base::business_day left_on_in(const json_object& form) {
    const auto day = base::parse_day(form.text("left_on", 10));
    if (!day) refuse("left_on");
    return *day;
}

// ---- answers

void write_file_row(
    json_writer& out, const flows::refund_file_row& one, const flows::console_visitor& who
) {
    out.number("row", one.row_no);
    out.text("order_no", one.order_no);
    if (one.amount) out.number("amount_fen", one.amount->count());
    out.text("reason", one.reason);
    if (!one.problem.empty()) out.text("problem", one.problem);
    if (one.left) out.number("left_fen", one.left->count());
    if (one.student) out.object("student", [&] { write_student(out, *one.student, who); });
}

void write_batch_facts(
    json_writer& out, const db::refund_batch& one, const flows::console_visitor& who
) {
    out.text("batch", std::to_string(one.id));
    out.text("kind", db::name_of(one.kind));
    out.text("title", one.title);
    out.text("note", one.note);
    out.text("state", db::name_of(one.state));
    out.text("reason_code", one.reason_code);
    write_doer(out, "asked_by", one.asked_by, one.asked_by_name, who);
    out.number("asked_at", one.asked_at);
    if (one.decided_at) {
        write_doer(out, "decided_by", one.decided_by, one.decided_by_name, who);
        out.number("decided_at", *one.decided_at);
    }
    if (!one.reject_reason.empty()) out.text("reject_reason", one.reject_reason);
    out.number("row_count", one.row_count);
    out.number("total_fen", one.total.count());
    std::vector<std::string> can;
    if (flows::may_release(who, one)) can.emplace_back("release");
    if (flows::may_reject(who, one)) can.emplace_back("reject");
    out.texts("can", can);
}

void write_batch_row(
    json_writer& out, const db::batch_row& one, const flows::console_visitor& who
) {
    out.number("row", one.row_no);
    out.text("order_no", one.order_no);
    out.number("amount_fen", one.amount.count());
    out.text("reason", one.reason);
    if (!one.out_refund_no.empty()) out.text("refund", one.out_refund_no);
    if (one.state) {
        out.text("state", rules::name_of(*one.state));
        out.text("state_text", rules::chinese_name_of(*one.state));
    }
    if (!one.problem.empty()) out.text("problem", one.problem);
    if (one.student.person_id != 0) {
        out.object("student", [&] { write_student(out, one.student, who); });
    }
}

struct written_part {
    std::string order_no;
    int line_no = 0;
    base::fen amount;
};

void write_figure(
    json_writer& out, const db::leaver_figure& one, const std::vector<written_part>& parts
) {
    out.text("bill_id", std::to_string(one.bill_id));
    out.text("item", one.item_name);
    out.text("period", one.period);
    out.number("due_fen", one.due.count());
    out.number("paid_fen", one.paid.count());
    out.number("on_its_way_fen", one.on_its_way.count());
    if (one.months) {
        out.number("months", *one.months);
        out.number("months_used", one.months_used.value_or(0));
        out.number("keep_fen", one.keep.count());
    }
    out.number("refund_fen", one.refund.count());
    out.number("other_way_fen", one.other_way.count());
    out.text("how", one.how);
    out.array("parts", [&] {
        for (const auto& part : parts) {
            out.object([&] {
                out.text("order_no", part.order_no);
                out.number("line_no", part.line_no);
                out.number("amount_fen", part.amount.count());
            });
        }
    });
}

// As they were when the refunds were asked for; from where the money comes say the rows.
void write_kept_figures(
    json_writer& out, const flows::batch_story& story, const flows::console_visitor& who
) {
    out.object("figures", [&] {
        out.object("student", [&] { write_student(out, story.student, who); });
        out.text("left_on", story.batch.left_on);
        out.text("rule", story.batch.rule);
        base::fen total;
        base::fen other_way;
        out.array("bills", [&] {
            for (const auto& one : story.figures) {
                total += one.refund;
                other_way += one.other_way;
                out.object([&] { write_figure(out, one, {}); });
            }
        });
        out.number("total_fen", total.count());
        out.number("other_way_fen", other_way.count());
    });
}

http::reply batch_reply(const flows::batch_story& story, const flows::console_visitor& who) {
    json_writer out;
    out.object([&] {
        out.object("batch", [&] { write_batch_facts(out, story.batch, who); });
        out.array("rows", [&] {
            for (const auto& one : story.rows) {
                out.object([&] { write_batch_row(out, one, who); });
            }
        });
        if (!story.figures.empty()) write_kept_figures(out, story, who);
    });
    return out.reply();
}

http::reply figures_reply(const flows::leaver_figures& figures, const flows::console_visitor& who) {
    json_writer out;
    out.object([&] {
        out.object("student", [&] { write_student(out, figures.student, who, figures.id_number); });
        out.text("left_on", base::to_text(figures.left_on));
        out.text("rule", figures.rule);
        out.array("bills", [&] {
            for (const auto& one : figures.bills) {
                std::vector<written_part> parts;
                parts.reserve(one.spread.parts.size());
                for (const auto& part : one.spread.parts) {
                    parts.push_back({part.order_no, part.line_no, part.amount});
                }
                out.object([&] { write_figure(out, flows::kept_figure(one), parts); });
            }
        });
        out.number("total_fen", figures.total.count());
        out.number("other_way_fen", figures.other_way.count());
    });
    return out.reply();
}

// ---- stories

base::task<http::reply> check_file(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    form.short_text("name", file_name_characters);
    auto bytes = file_in(form);
    const auto checked = co_await flows::check_refund_file(with, who, std::move(bytes));
    json_writer out;
    out.object([&] {
        out.array("rows", [&] {
            for (const auto& one : checked.rows) {
                out.object([&] { write_file_row(out, one, who); });
            }
        });
        out.number("ok_count", checked.sound);
        out.number("problem_count", static_cast<std::int64_t>(checked.rows.size()) - checked.sound);
        out.number("total_fen", checked.total.count());
        if (checked.known_batch) out.text("known_batch", std::to_string(*checked.known_batch));
    });
    co_return out.reply();
}

base::task<http::reply> ask_file(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    flows::refund_file_request wanted;
    wanted.request_id = request_id_of(form);
    wanted.name = form.short_text("name", file_name_characters);
    wanted.reason = refund_reason_in(form);
    wanted.total_seen = base::fen{form.integer("total_fen")};
    wanted.note = form.maybe_short_text("note", note_characters);
    wanted.bytes = file_in(form);
    const auto story = co_await flows::ask_refund_file(with, who, std::move(wanted));
    co_return batch_reply(story, who);
}

base::task<http::reply> list(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    std::int64_t before = 0;
    if (const auto* text = asked.query_value("before")) {
        const auto id = id_of(*text);
        if (!id) refuse("before");
        before = *id;
    }
    const auto page = co_await flows::list_batches(with, who, before);
    json_writer out;
    out.object([&] {
        out.array("batches", [&] {
            for (const auto& one : page.batches) {
                out.object([&] { write_batch_facts(out, one, who); });
            }
        });
        if (page.next) out.text("next", std::to_string(*page.next));
    });
    co_return out.reply();
}

base::task<http::reply> get_batch(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto story = co_await flows::story_of_batch(with, who, batch_in(asked));
    co_return batch_reply(story, who);
}

base::task<http::reply> release(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    const base::fen seen{form.integer("total_fen")};
    const auto story = co_await flows::release_batch(with, who, batch_in(asked), seen);
    co_return batch_reply(story, who);
}

base::task<http::reply> reject(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto reason = form.short_text("reason", reject_reason_characters);
    if (reason.empty()) refuse("reason");
    const auto story = co_await flows::reject_batch(with, who, batch_in(asked), std::move(reason));
    co_return batch_reply(story, who);
}

base::task<http::reply> figure_leaver(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto student_no = form.short_text("student_no", 32);
    const auto figures =
        co_await flows::figure_leaver(with, who, std::move(student_no), left_on_in(form));
    co_return figures_reply(figures, who);
}

base::task<http::reply> ask_leaver(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    flows::leaver_request wanted;
    wanted.request_id = request_id_of(form);
    wanted.student_no = form.short_text("student_no", 32);
    wanted.left_on = left_on_in(form);
    const auto total = form.integer("total_fen");
    if (total <= 0) refuse("total_fen");
    wanted.total_seen = base::fen{total};
    wanted.note = form.maybe_short_text("note", note_characters);
    const auto story = co_await flows::ask_leaver_refunds(with, who, std::move(wanted));
    co_return batch_reply(story, who);
}

}  // namespace

void add_refund_batch_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto add = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell, body_bytes);
    };
    add(verb::post, "/refund-files/check", "checkRefundFile", check_file);
    add(verb::post, "/refund-files", "askRefundFile", ask_file);
    add(verb::get, "/refund-batches", "listRefundBatches", list);
    add(verb::get, "/refund-batches/{batch}", "getRefundBatch", get_batch);
    add(verb::post, "/refund-batches/{batch}/release", "releaseRefundBatch", release);
    add(verb::post, "/refund-batches/{batch}/reject", "rejectRefundBatch", reject);
    add(verb::post, "/leavers/figures", "figureLeaver", figure_leaver);
    add(verb::post, "/leavers", "askLeaverRefunds", ask_leaver);
}

}  // namespace routes
