#include "wechat/mp/menu.hpp"

#include <utility>

#include "wechat/addresses.hpp"
#include "wechat/json.hpp"

namespace wechat::mp {
namespace {

constexpr int depth_max = 3;  // one more than allowed, so that a check can complain
constexpr rapidjson::SizeType button_count_max = 32;

const json::value* sub_buttons_in(const json::value& button) {
    if (const auto* list = json::array_in(button, "sub_button")) return list;
    const auto* wrapped = json::object_in(button, "sub_button");
    return wrapped == nullptr ? nullptr : json::array_in(*wrapped, "list");
}

bool read_buttons(const json::value& list, int depth, std::vector<menu_button>& into) {
    if (list.Size() > button_count_max) return false;
    for (const auto& row : list.GetArray()) {
        if (!row.IsObject()) return false;
        auto& made = into.emplace_back();
        made.name = json::text_in(row, "name");
        made.type = json::text_in(row, "type");
        made.key = json::text_in(row, "key");
        made.url = json::text_in(row, "url");
        made.app_id = json::text_in(row, "appid");
        made.page_path = json::text_in(row, "pagepath");
        made.media_id = json::text_in(row, "media_id");
        made.article_id = json::text_in(row, "article_id");
        made.value = json::text_in(row, "value");
        const auto* below = sub_buttons_in(row);
        if (below == nullptr) continue;
        if (depth >= depth_max) return false;
        if (!read_buttons(*below, depth + 1, made.sub_buttons)) return false;
    }
    return true;
}

std::optional<menu> menu_in(const json::value& holder) {
    const auto* list = json::array_in(holder, "button");
    if (list == nullptr) return std::nullopt;
    menu made;
    if (!read_buttons(*list, 1, made.buttons)) return std::nullopt;
    return made;
}

void write_button(json::writer& out, const menu_button& one) {
    const std::pair<const char*, const std::string*> members[] = {
        {"type", &one.type},
        {"name", &one.name},
        {"key", &one.key},
        {"url", &one.url},
        {"appid", &one.app_id},
        {"pagepath", &one.page_path},
        {"media_id", &one.media_id},
        {"article_id", &one.article_id},
    };
    out.StartObject();
    for (const auto& [name, text] : members) {
        if (!text->empty()) json::put(out, name, *text);
    }
    if (!one.sub_buttons.empty()) {
        out.Key("sub_button");
        out.StartArray();
        for (const auto& below : one.sub_buttons) write_button(out, below);
        out.EndArray();
    }
    out.EndObject();
}

bool is_website_made(const std::string& type) {
    for (const auto known : {"text", "img", "photo", "video", "voice", "news"}) {
        if (type == known) return true;
    }
    return false;
}

void collect_website_made(const std::vector<menu_button>& from, std::vector<std::string>& into) {
    for (const auto& one : from) {
        if (is_website_made(one.type)) into.push_back(one.name);
        collect_website_made(one.sub_buttons, into);
    }
}

}  // namespace

std::optional<menu> read_menu(std::string_view text) {
    json::document root;
    if (!json::parse(root, text)) return std::nullopt;
    if (const auto* wrapped = json::object_in(root, "menu")) return menu_in(*wrapped);
    return menu_in(root);
}

std::string write_menu(const menu& wanted) {
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    out.Key("button");
    out.StartArray();
    for (const auto& one : wanted.buttons) write_button(out, one);
    out.EndArray();
    out.EndObject();
    return json::taken(into);
}

std::optional<live_menu> read_live_menu(std::string_view text) {
    json::document root;
    if (!json::parse(root, text)) return std::nullopt;
    const auto open = json::integer_in(root, "is_menu_open");
    if (!open) return std::nullopt;
    live_menu made;
    made.open = *open == 1;
    if (const auto* holder = json::object_in(root, "selfmenu_info")) {
        auto shown = menu_in(*holder);
        if (!shown) return std::nullopt;
        made.shown = std::move(*shown);
    }
    collect_website_made(made.shown.buttons, made.website_made);
    return made;
}

base::task<call_result<nothing>> create_menu(api& calls, std::string exact_bytes) {
    const auto came =
        co_await calls.post(std::string{addresses::menu_create}, std::move(exact_bytes));
    if (came.kind != call_kind::done) co_return came.ending_as<nothing>();
    co_return call_result<nothing>::done(nothing{});
}

base::task<call_result<std::optional<menu>>> get_menu(api& calls) {
    using result = call_result<std::optional<menu>>;
    const auto came = co_await calls.get(std::string{addresses::menu_get});
    if (came.kind == call_kind::refused && came.why.code == "46003") {
        co_return result::done(std::nullopt);
    }
    if (came.kind != call_kind::done) co_return came.ending_as<std::optional<menu>>();
    auto read = read_menu(*came.value);
    if (!read) co_return result::unknown("answer without a menu");
    co_return result::done(std::move(read));
}

base::task<call_result<nothing>> delete_menu(api& calls) {
    const auto came = co_await calls.get(std::string{addresses::menu_delete});
    if (came.kind != call_kind::done) co_return came.ending_as<nothing>();
    co_return call_result<nothing>::done(nothing{});
}

base::task<call_result<live_menu>> get_live_menu(api& calls) {
    using result = call_result<live_menu>;
    const auto came = co_await calls.get(std::string{addresses::current_menu});
    if (came.kind != call_kind::done) co_return came.ending_as<live_menu>();
    auto read = read_live_menu(*came.value);
    if (!read) co_return result::unknown("answer without a menu");
    co_return result::done(std::move(*read));
}

}  // namespace wechat::mp
