#include "server/routes/page_routes.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/wechat_routes.hpp"

namespace routes {
namespace {

bool inside_wechat(const http::request& asked) {
    const auto agent = asked.header("user-agent");
    // 企业微信 has another identity and cannot pay with ours.
    return agent.find("MicroMessenger") != std::string_view::npos &&
           agent.find("wxwork") == std::string_view::npos;
}

bool is_page(std::string_view path) {
    const auto last = path.substr(path.rfind('/') + 1);
    return last.find('.') == std::string_view::npos;
}

// Who checks a receipt need not tell who he is; and the way through WeChat would lose what stands
// behind '#'. The secret of a family link is kept from that way: the page remembers it in its tab
// and goes on to /h5/family, where WeChat is asked.
bool is_for_anybody(std::string_view path) {
    return path == "/h5/verify" || path.rfind("/h5/family/", 0) == 0;
}

// A message in the chat leads to an order; its number names nobody.
std::string order_named(const http::request& asked) {
    const auto* number = asked.query_value("no");
    if (asked.path != "/h5/order" || number == nullptr) return {};
    constexpr std::size_t length_max = 32;
    const bool plain = !number->empty() && number->size() <= length_max &&
                       std::all_of(number->begin(), number->end(), [](unsigned char c) {
                           return std::isalnum(c) != 0;
                       });
    return plain ? "?no=" + *number : std::string{};
}

// Only the path: a query could carry what must not be kept, and pages remember by themselves.
std::string safe_next(const http::request& asked) {
    const auto& path = asked.path;
    constexpr std::size_t kept_max = 200;
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/";
    const bool plain = path.size() <= kept_max && path.rfind("/h5/", 0) == 0 &&
                       path.find("//") == std::string::npos &&
                       path.find_first_not_of(letters) == std::string::npos;
    return plain ? path + order_named(asked) : "/h5/";
}

base::task<http::reply> student_page(
    flows::parts& with, const http::static_files& files, const http::request& asked
) {
    const bool stranger = inside_wechat(asked) && asked.cookie(session_cookie).empty();
    if (is_page(asked.path) && stranger && !is_for_anybody(asked.path)) {
        std::string next = safe_next(asked);
        auto answer = co_await enter(with, std::move(next), 0);
        co_return answer;
    }
    co_return files.answer(asked);
}

// MP_verify_….txt: exactly the file's bytes. Read at start; the folder is small.
void add_verify_files(http::router& table, const std::string& folder) {
    if (folder.empty()) return;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator{folder, failure}) {
        const auto name = entry.path().filename().string();
        if (name.rfind("MP_verify_", 0) != 0 || entry.path().extension() != ".txt") continue;
        std::ifstream in{entry.path(), std::ios::binary};
        std::string content{std::istreambuf_iterator<char>{in}, {}};
        http::route row;
        row.pattern = "/" + name;
        row.at_once = [content = std::move(content)](const http::request&) {
            return http::reply{200, "text/plain; charset=utf-8", content};
        };
        table.add(std::move(row));
    }
    if (failure) base::log::alarm("conf.verify_files_dir_unreadable");
}

}  // namespace

void add_page_routes(http::router& table, flows::parts& with, const http::static_files& files) {
    add_verify_files(table, with.conf.server.verify_files_dir);
    http::route root;
    root.pattern = "/";
    root.at_once = [](const http::request&) { return http::reply::redirect("/h5/"); };
    table.add(std::move(root));
    http::route assets;
    assets.pattern = "/h5/assets/*";
    assets.at_once = files.as_handler();
    table.add(std::move(assets));
    table.get("/h5/*", [&with, &files](const http::request& asked) {
        return student_page(with, files, asked);
    });
    for (const auto* pattern : {"/portal/*", "/console/*"}) {
        http::route row;
        row.pattern = pattern;
        row.at_once = files.as_handler();
        table.add(std::move(row));
    }
}

}  // namespace routes
