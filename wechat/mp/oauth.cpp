#include "wechat/mp/oauth.hpp"

#include <algorithm>
#include <utility>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/mp/api.hpp"
#include "wechat/mp/errcodes.hpp"

namespace wechat::mp {
namespace {

constexpr std::size_t state_bytes_max = 128;

bool is_state(std::string_view text) {
    return !text.empty() && text.size() <= state_bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

oauth_outcome refused(const call_result<std::string>& came) {
    oauth_outcome made;
    made.why = came.why;
    made.reason = came.reason;
    if (came.kind != call_kind::refused) return made;
    const auto* fact = find_errcode(came.why.code);
    const bool spent = fact != nullptr && fact->what == reaction::start_again;
    made.kind = spent ? oauth_kind::code_spent : oauth_kind::refused;
    return made;
}

oauth_outcome identified(const std::string& body) {
    json::document root;
    json::parse(root, body);
    oauth_outcome made;
    made.openid = json::text_in(root, "openid");
    made.union_id = json::text_in(root, "unionid");
    made.scope = json::text_in(root, "scope");
    if (made.openid.empty()) {
        made.reason = "answer without openid";
        return made;
    }
    const bool snapshot = json::integer_in(root, "is_snapshotuser").value_or(0) == 1;
    made.kind = snapshot ? oauth_kind::snapshot : oauth_kind::identified;
    return made;
}

}  // namespace

std::string authorize_url(std::string_view page_base, const authorize_request& wanted) {
    base::ensure(is_state(wanted.state), "an OAuth state has letters and digits only");
    std::string url{page_base};
    url += addresses::authorize_page;
    url += "?appid=" + base::percent_encode(wanted.app_id);
    url += "&redirect_uri=" + base::percent_encode(wanted.redirect_uri);
    url += "&response_type=code&scope=" + wanted.scope + "&state=" + wanted.state;
    if (wanted.connect_redirect) url += "&connect_redirect=1";
    return url + "#wechat_redirect";
}

base::task<oauth_outcome> exchange_code(
    http_client& http,
    std::string api_base,
    std::string app_id,
    base::secret app_secret,
    std::string code
) {
    std::string url = api_base + std::string{addresses::oauth_token};
    url += "?appid=" + base::percent_encode(app_id);
    url += "&secret=" + base::percent_encode(app_secret.reveal());
    url += "&code=" + base::percent_encode(code) + "&grant_type=authorization_code";
    http_request request{"GET", std::move(url)};
    const exchange_limits limits{3'000, 64 * 1024};
    const auto came = co_await http.exchange(std::move(request), limits);
    const auto judged = judge_answer(came);
    if (judged.kind != call_kind::done) co_return refused(judged);
    co_return identified(*judged.value);
}

}  // namespace wechat::mp
