#include "wechat/mp/template_message.hpp"

#include <algorithm>
#include <array>

#include "server/base/encoding.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"

namespace wechat::mp {
namespace {

struct value_type {
    std::string_view name;
    std::size_t characters_max;
};

constexpr std::array value_types{
    value_type{"thing", 20},
    value_type{"number", 32},
    value_type{"letter", 32},
    value_type{"symbol", 5},
    value_type{"character_string", 32},
    value_type{"phone_number", 17},
    value_type{"car_number", 8},
    value_type{"name", 10},
    value_type{"phrase", 5},
    value_type{"short_thing", 10},
    value_type{"const", 20},
};

std::size_t limit_for(std::string_view key) {
    const auto end = key.find_last_not_of("0123456789");
    const auto type = end == std::string_view::npos ? key : key.substr(0, end + 1);
    for (const auto& known : value_types) {
        if (known.name == type) return known.characters_max;
    }
    return 64;  // amount, time, date, enum: their form decides, not their length
}

std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        out += b < 0x20 || b == 0x7F ? ' ' : c;
    }
    const auto first = out.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

std::string first_characters(const std::string& text, std::size_t count) {
    std::size_t at = 0;
    for (std::size_t seen = 0; at < text.size(); ++at) {
        const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (starts && ++seen > count) break;
    }
    return text.substr(0, at);
}

// "缴费项目：{{thing1.DATA}}" → thing1
std::vector<std::string> keys_in(std::string_view content) {
    constexpr std::string_view open = "{{";
    constexpr std::string_view close = ".DATA}}";
    std::vector<std::string> out;
    for (auto at = content.find(open); at != std::string_view::npos; at = content.find(open, at)) {
        at += open.size();
        const auto end = content.find(close, at);
        if (end == std::string_view::npos) break;
        out.emplace_back(content.substr(at, end - at));
        at = end;
    }
    return out;
}

}  // namespace

std::string fitting_value(std::string_view key, std::string_view value) {
    auto text = one_line(value);
    if (text.empty() || !base::is_utf8(text))
        return key.starts_with("character_string") ? "-" : "无";
    const auto limit = limit_for(key);
    if (base::count_code_points(text) <= limit) return text;
    // Types without Chinese text have no room for an ellipsis either.
    const bool prose = key.starts_with("thing") || key.starts_with("short_thing");
    return prose ? first_characters(text, limit - 1) + "…" : first_characters(text, limit);
}

std::string write_template_message(const template_message& wanted) {
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    json::put(out, "touser", wanted.openid);
    json::put(out, "template_id", wanted.template_id);
    if (!wanted.url.empty()) json::put(out, "url", wanted.url);
    if (!wanted.client_msg_id.empty()) json::put(out, "client_msg_id", wanted.client_msg_id);
    out.Key("data");
    out.StartObject();
    for (const auto& [key, value] : wanted.values) {
        out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
        out.StartObject();
        json::put(out, "value", fitting_value(key, value));
        out.EndObject();
    }
    out.EndObject();
    out.EndObject();
    return json::taken(into);
}

base::task<call_result<std::vector<own_template>>> list_own_templates(api& calls) {
    using result = call_result<std::vector<own_template>>;
    const auto came = co_await calls.get(std::string{addresses::own_templates});
    if (came.kind != call_kind::done) co_return came.ending_as<std::vector<own_template>>();
    json::document root;
    json::parse(root, *came.value);
    const auto* list = json::array_in(root, "template_list");
    if (list == nullptr) co_return result::unknown("answer without template_list");
    std::vector<own_template> out;
    for (const auto& one : list->GetArray()) {
        own_template made;
        made.id = json::text_in(one, "template_id");
        made.title = json::text_in(one, "title");
        made.keys = keys_in(json::text_in(one, "content"));
        out.push_back(std::move(made));
    }
    co_return result::done(std::move(out));
}

base::task<call_result<std::string>> send_template_message(api& calls, template_message wanted) {
    using result = call_result<std::string>;
    auto body = write_template_message(wanted);
    const auto came =
        co_await calls.post(std::string{addresses::template_message}, std::move(body));
    if (came.kind != call_kind::done) co_return came;
    json::document root;
    json::parse(root, *came.value);
    const auto id = json::integer_in(root, "msgid");
    co_return result::done(id ? std::to_string(*id) : std::string{});
}

}  // namespace wechat::mp
