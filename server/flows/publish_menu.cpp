#include "server/flows/publish_menu.hpp"

#include <charconv>
#include <optional>

#include "db/audit.hpp"
#include "db/wechat_side.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "wechat/mp/errcodes.hpp"
#include "wechat/mp/menu.hpp"

namespace flows {
namespace {

namespace mp = wechat::mp;

std::string filled_in(std::string text, const std::string& public_url) {
    constexpr std::string_view mark = "${public_url}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        text.replace(at, mark.size(), public_url);
        at += public_url.size();
    }
    return text;
}

std::string host_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    return std::string{url.substr(0, url.find('/'))};
}

std::optional<int> number_of(const std::string& code) {
    int out = 0;
    const auto result = std::from_chars(code.data(), code.data() + code.size(), out);
    if (result.ec != std::errc{}) return std::nullopt;
    return out;
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string out;
    for (const auto& one : sentences) out += (out.empty() ? "" : "; ") + one;
    constexpr std::size_t kept = 450;  // bytes of menu_publications.detail, cut between characters
    if (out.size() > kept) {
        std::size_t end = kept;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
        out.resize(end);
    }
    return out;
}

db::publication_state state_of(publish_result result) {
    switch (result) {
        case publish_result::published:
            return db::publication_state::published;
        case publish_result::not_valid:
        case publish_result::refused:
            return db::publication_state::refused;
        case publish_result::unknown:
            return db::publication_state::unknown;
        case publish_result::differs:
            return db::publication_state::differs;
    }
    return db::publication_state::unknown;
}

base::task<publish_report> send_and_read_back(
    parts& with, const mp::menu& wanted, std::string bytes
) {
    publish_report out;
    const auto sent = co_await mp::create_menu(with.account, std::move(bytes));
    if (sent.kind == wechat::call_kind::refused) {
        out.result = publish_result::refused;
        out.code = sent.why.code;
        out.sentences.push_back(mp::sentence_for(sent.why.code));
        co_return out;
    }
    const auto back = co_await mp::get_menu(with.account);
    if (back.kind != wechat::call_kind::done) {
        out.sentences.emplace_back("菜单已提交，但未能读回核对，请稍后再查看");
        co_return out;
    }
    const auto& live = *back.value;
    out.sentences =
        live ? mp::differences(wanted, *live) : std::vector<std::string>{"公众号上没有菜单"};
    out.result = out.sentences.empty() ? publish_result::published : publish_result::differs;
    co_return out;
}

}  // namespace

base::task<publish_report> publish_menu(parts& with, std::string menu_json, std::string by) {
    publish_report out;
    const auto& public_url = with.conf.server.public_url;
    const auto wanted = mp::read_menu(filled_in(std::move(menu_json), public_url));
    if (!wanted) {
        out.result = publish_result::not_valid;
        out.sentences.emplace_back("菜单文件不是正确的JSON");
        co_return out;
    }
    const std::vector<std::string> hosts{host_of(public_url)};
    const auto problems = mp::check_menu(*wanted, hosts);
    for (const auto& one : problems) {
        const bool error = one.level == mp::menu_problem_level::error;
        out.sentences.push_back((error ? "错误：" : "提示：") + one.where + one.sentence);
    }
    if (!mp::may_be_published(problems)) {
        out.result = publish_result::not_valid;
        co_return out;
    }
    const auto hints = std::move(out.sentences);
    const auto bytes = mp::write_menu(*wanted);
    const auto began = base::now_ms();
    const auto begin = [&](db::connection& db) {
        return db::begin_publication(db, bytes, by, began);
    };
    const auto id = co_await with.pool.transact(begin);
    out = co_await send_and_read_back(with, *wanted, bytes);

    const auto detail = joined(out.sentences);
    const auto ended = base::now_ms();
    const auto end = [&](db::connection& db) {
        db::end_publication(db, id, state_of(out.result), number_of(out.code), detail);
        const auto object = "menu:" + std::to_string(id);
        const auto result = out.result == publish_result::published ? "published" : "not_published";
        db::append_audit(db, {by, "publish_menu", object, result, ""}, ended);
    };
    co_await with.pool.transact(end);
    out.sentences.insert(out.sentences.end(), hints.begin(), hints.end());
    co_return out;
}

base::task<live_menu_report> compare_menu(parts& with, std::string menu_json) {
    live_menu_report out;
    const auto wanted = mp::read_menu(filled_in(std::move(menu_json), with.conf.server.public_url));
    if (!wanted) {
        out.sentences.emplace_back("菜单文件不是正确的JSON");
        co_return out;
    }
    const auto back = co_await mp::get_menu(with.account);
    if (back.kind != wechat::call_kind::done) {
        out.sentences.emplace_back(
            back.kind == wechat::call_kind::refused ? mp::sentence_for(back.why.code)
                                                    : "微信没有答复，请稍后再试"
        );
        co_return out;
    }
    out.known = true;
    const auto& live = *back.value;
    out.sentences =
        live ? mp::differences(*wanted, *live) : std::vector<std::string>{"公众号上没有菜单"};
    co_return out;
}

}  // namespace flows
