#include "server/routes/console_order_routes.hpp"

#include <set>
#include <utility>

#include "server/base/error.hpp"
#include "server/flows/find_orders.hpp"
#include "server/flows/order_export.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/console_order_life.hpp"
#include "server/routes/console_orders.hpp"
#include "server/routes/job_routes.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

constexpr std::size_t filter_bytes = 8 * 1024;
constexpr std::size_t pasted_bytes = 64 * 1024;
constexpr std::size_t pasted_max = 500;
constexpr std::size_t number_characters = 64;
constexpr std::size_t order_no_bytes = 32;
constexpr std::size_t search_name_characters = 32;

std::string order_no_in(const http::request& asked) {
    std::string out{asked.parameter("order_no")};
    if (out.size() > order_no_bytes) throw base::error{base::errc::order_not_found};
    return out;
}

base::task<http::reply> search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto filter = order_filter_of(form.object("filter"));
    const auto below = page_end_in(form);
    const auto page = co_await flows::find_orders(with, who, std::move(filter), below);
    json_writer out;
    out.object([&] {
        out.array("orders", [&] {
            for (const auto& one : page.orders) {
                out.object([&] { write_listed_order(out, one, who); });
            }
        });
        if (page.next) out.text("next", written(*page.next));
    });
    co_return out.reply();
}

base::task<http::reply> export_all(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto filter = order_filter_of(form.object("filter"));
    auto request_id = request_id_of(form);
    const auto begun =
        co_await flows::begin_order_export(with, who, std::move(filter), std::move(request_id));
    co_return job_reply(begun);
}

base::task<http::reply> sum(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto filter = order_filter_of(form.object("filter"));
    const auto sums = co_await flows::sums_of_orders(with, who, std::move(filter));
    json_writer out;
    out.object([&] {
        out.number("count", sums.count);
        out.number("amount_fen", sums.amount.count());
        out.number("paid_count", sums.paid_count);
        out.number("paid_fen", sums.paid.count());
        out.flag("complete", sums.complete);
    });
    co_return out.reply();
}

std::string_view name_of(db::number_kind kind) {
    switch (kind) {
        case db::number_kind::order_no:
            return "order_no";
        case db::number_kind::transaction_id:
            return "transaction_id";
        case db::number_kind::student_no:
            break;
    }
    return "student_no";
}

void write_looked_up(
    json_writer& out, const std::vector<db::looked_up>& list, const flows::console_visitor& who
) {
    std::set<std::string_view> written;
    out.array("orders", [&] {
        for (const auto& one : list) {
            for (const auto& order : one.orders) {
                if (!written.insert(order.order_no).second) continue;
                out.object([&] { write_listed_order(out, order, who); });
            }
        }
    });
    std::vector<std::string> missing;
    out.array("found", [&] {
        for (const auto& one : list) {
            if (!one.kind) {
                missing.push_back(one.asked);
                continue;
            }
            std::vector<std::string> numbers;
            numbers.reserve(one.orders.size());
            for (const auto& order : one.orders) numbers.push_back(order.order_no);
            out.object([&] {
                out.text("asked", one.asked);
                out.text("kind", name_of(*one.kind));
                out.texts("order_nos", numbers);
                out.flag("more", one.more);
            });
        }
    });
    out.texts("not_found", missing);
}

base::task<http::reply> look_up(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto numbers = form.texts("numbers", pasted_max, number_characters);
    if (numbers.empty()) throw base::error{base::errc::bad_request, "numbers"};
    const auto found = co_await flows::look_up_pasted(with, who, std::move(numbers));
    json_writer out;
    out.object([&] { write_looked_up(out, found, who); });
    co_return out.reply();
}

base::task<http::reply> choices(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    const auto known = co_await flows::choices_of_orders(with, who);
    json_writer out;
    out.object([&] {
        out.texts("colleges", known.colleges);
        out.texts("majors", known.majors);
        out.texts("classes", known.classes);
        out.texts("grades", known.grades);
        out.array("items", [&] {
            for (const auto& one : known.items) {
                out.object([&] {
                    out.text("item_id", std::to_string(one.id));
                    out.text("item", one.name);
                });
            }
        });
        out.texts("periods", known.periods);
        out.array("merchants", [&] {
            for (const auto& one : with.desks) {
                out.object([&] {
                    out.text("mch_id", one->who.mch_id());
                    out.text("merchant_name", one->who.name());
                });
            }
        });
    });
    co_return out.reply();
}

base::task<http::reply> get_order(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto story = co_await flows::story_of_order(with, who, order_no_in(asked));
    json_writer out;
    out.object([&] { write_order_life(out, story, who); });
    co_return out.reply();
}

base::task<http::reply> ask(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto told = co_await flows::ask_wechat_now(with, who, order_no_in(asked));
    json_writer out;
    out.object([&] { write_asked_wechat(out, told, who); });
    co_return out.reply();
}

// ---- searches that are kept

http::reply searches_reply(const std::vector<db::saved_search>& searches) {
    json_writer out;
    out.object([&] {
        out.array("searches", [&] {
            for (const auto& one : searches) {
                out.object([&] {
                    out.text("search", std::to_string(one.id));
                    out.text("name", one.name);
                    out.object_text("filter", one.filter);
                    out.number("changed_at", one.changed_at);
                });
            }
        });
        out.number("limit", db::saved_searches_max);
    });
    return out.reply();
}

std::int64_t search_in(const http::request& asked) {
    const auto id = id_of(asked.parameter("search"));
    if (!id) throw base::error{base::errc::search_not_found};
    return *id;
}

db::saved_search search_in(const json_object& form) {
    db::saved_search out;
    out.name = form.short_text("name", search_name_characters);
    if (out.name.empty()) throw base::error{base::errc::bad_request, "name"};
    out.filter = written_filter(form.object("filter"));
    return out;
}

base::task<http::reply> list_searches(
    flows::parts& with, const http::request&, const flows::console_visitor& who
) {
    const auto kept = co_await flows::saved_searches_of(with, who);
    co_return searches_reply(kept);
}

base::task<http::reply> save_search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto wanted = search_in(form);
    const auto kept = co_await flows::keep_search(with, who, std::move(wanted));
    co_return searches_reply(kept);
}

base::task<http::reply> change_search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto wanted = search_in(form);
    wanted.id = search_in(asked);
    const auto kept = co_await flows::keep_search(with, who, std::move(wanted));
    co_return searches_reply(kept);
}

base::task<http::reply> delete_search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto kept = co_await flows::forget_search(with, who, search_in(asked));
    co_return searches_reply(kept);
}

}  // namespace

void add_console_order_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto add = [&](verb method, std::string path, std::string_view name, console_story tell) {
        const auto limit = name == "searchPastedConsoleOrders" ? pasted_bytes : filter_bytes;
        add_console_story(table, with, method, std::move(path), name, tell, limit);
    };
    add(verb::post, "/orders/search", "searchConsoleOrders", search);
    add(verb::post, "/orders/sums", "getConsoleOrderSums", sum);
    add(verb::post, "/exports/orders", "exportOrders", export_all);
    add(verb::post, "/orders/lookup", "searchPastedConsoleOrders", look_up);
    add(verb::get, "/orders/choices", "listConsoleOrderChoices", choices);
    add(verb::get, "/orders/{order_no}", "getConsoleOrder", get_order);
    add(verb::post, "/orders/{order_no}/ask", "askWechatAboutOrder", ask);
    add(verb::get, "/order-searches", "listOrderSearches", list_searches);
    add(verb::post, "/order-searches", "saveOrderSearch", save_search);
    add(verb::post, "/order-searches/{search}", "changeOrderSearch", change_search);
    add(verb::del, "/order-searches/{search}", "deleteOrderSearch", delete_search);
}

}  // namespace routes
