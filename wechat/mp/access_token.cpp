#include "wechat/mp/access_token.hpp"

#include <utility>

#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/mp/api.hpp"

namespace wechat::mp {
namespace {

std::string request_body(const std::string& app_id, const base::secret& app_secret) {
    json::buffer into;
    json::writer out{into};
    out.StartObject();
    json::put(out, "grant_type", "client_credential");
    json::put(out, "appid", app_id);
    json::put(out, "secret", app_secret.reveal());
    out.Key("force_refresh");
    out.Bool(false);
    out.EndObject();
    return json::taken(into);
}

call_result<access_token> read_token(const call_result<std::string>& came) {
    using result = call_result<access_token>;
    if (came.kind != call_kind::done) return came.ending_as<access_token>();
    json::document root;
    json::parse(root, *came.value);
    access_token made;
    made.token = base::secret{json::text_in(root, "access_token")};
    made.expires_in_s = json::integer_in(root, "expires_in").value_or(0);
    if (made.token.empty() || made.expires_in_s <= 0)
        return result::unknown("answer without token");
    return result::done(std::move(made));
}

}  // namespace

base::task<call_result<access_token>> fetch_access_token(
    http_client& http, std::string api_base, std::string app_id, base::secret app_secret
) {
    http_request request{"POST", api_base + std::string{addresses::stable_token}};
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = request_body(app_id, app_secret);
    const exchange_limits limits;
    const auto came = co_await http.exchange(std::move(request), limits);
    co_return read_token(judge_answer(came));
}

}  // namespace wechat::mp
