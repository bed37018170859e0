#include "wechat/pay/bills.hpp"

#include <array>
#include <initializer_list>
#include <utility>

#include "server/base/encoding.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/codes.hpp"
#include "wechat/url.hpp"

namespace wechat::pay {
namespace {

constexpr std::size_t sha1_size = 20;
constexpr std::size_t address_bytes_max = 2048;

constexpr std::array ask_meanings{
    meaning{"NOSTATEMENTEXIST", bill_kind::no_statement},
    meaning{"STATEMENTCREATING", bill_kind::not_ready},
    meaning{"FREQUENCYLIMITED", bill_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", bill_kind::rate_limited},
};

enum class file_kind { got, expired, rate_limited, refused, unknown };

constexpr std::array file_meanings{
    meaning{"INVALIDREQUEST", file_kind::expired},
    meaning{"FREQUENCYLIMITED", file_kind::rate_limited},
    meaning{"RATELIMITEXCEEDED", file_kind::rate_limited},
};

// An answer that asks nothing more of us, with what was said.
template <class Value>
bill_outcome ended(bill_kind kind, const call_result<Value>& came) {
    bill_outcome made;
    made.kind = kind;
    made.why = came.why;
    made.reason = came.reason;
    return made;
}

bill_outcome ended_unknown(std::string reason) {
    bill_outcome made;
    made.reason = std::move(reason);
    return made;
}

bool is_same_host(const url_parts& one, std::string_view base) {
    const auto other = read_url(base);
    return other && one.tls == other->tls && one.host == other->host && one.port == other->port;
}

bool is_wechats_own(std::string_view base) {
    return base == addresses::pay_base || base == addresses::pay_backup_base;
}

}  // namespace

struct bills::place {
    bill_address address;
    std::string hash_value;

    // Declared, because g++ 12 destroys aggregate temporaries twice inside co_await.
    place(bill_address where, std::string hash)
        : address{std::move(where)}, hash_value{std::move(hash)} {}
};

struct bills::asked {
    std::optional<place> where;
    bill_outcome instead;  // when there is no file
};

struct bills::downloaded {
    file_kind kind = file_kind::unknown;
    call_result<std::string> came;
};

std::optional<bill_address> read_bill_address(const merchant& who, std::string_view download_url) {
    const auto url = read_url(download_url);
    if (!url || download_url.size() > address_bytes_max) return std::nullopt;
    if (!url->target.starts_with(std::string{addresses::bill_file} + "?")) return std::nullopt;
    for (const std::string_view base :
         {std::string_view{who.api_base()},
          std::string_view{who.backup_api_base()},
          addresses::pay_base,
          addresses::pay_backup_base}) {
        // Both hosts of WeChat give out addresses of each other.
        const bool ours = base == who.api_base() || base == who.backup_api_base() ||
                          is_wechats_own(who.api_base());
        if (ours && is_same_host(*url, base)) return bill_address{std::string{base}, url->target};
    }
    return std::nullopt;
}

base::task<bills::asked> bills::ask(std::string path_and_query, exchange_limits limits) {
    const auto came =
        co_await calls_.exchange("GET", std::move(path_and_query), std::string{}, limits);
    asked made;
    if (came.kind == call_kind::refused) {
        const auto kind =
            meant(ask_meanings, came.why, bill_kind::refused, bill_kind::rate_limited);
        made.instead = ended(kind, came);
        // An empty day settles a day: not on somebody's word.
        if (kind == bill_kind::no_statement && !came.why.proven) {
            made.instead.kind = bill_kind::unknown;
            made.instead.reason = "refusal not signed";
        }
        co_return made;
    }
    if (came.kind == call_kind::unknown) {
        made.instead = ended(bill_kind::unknown, came);
        co_return made;
    }
    json::document root;
    if (!json::parse(root, came.value->body)) {
        made.instead = ended_unknown("answer is not JSON");
        co_return made;
    }
    const auto hash = base::from_hex(json::text_in(root, "hash_value"));
    if (json::text_in(root, "hash_type") != "SHA1" || !hash || hash->size() != sha1_size) {
        made.instead = ended_unknown("answer without a SHA-1");
        co_return made;
    }
    auto address = read_bill_address(calls_.who(), json::text_in(root, "download_url"));
    if (!address) {
        made.instead = ended_unknown("download_url is not one of WeChat Pay's");
        co_return made;
    }
    made.where.emplace(std::move(*address), base::to_hex(*hash));
    co_return made;
}

base::task<bills::downloaded> bills::download(place from, exchange_limits limits) {
    downloaded made;
    made.came = co_await calls_.fetch_file(from.address.base, from.address.target, limits);
    switch (made.came.kind) {
        case call_kind::done:
            made.kind = file_kind::got;
            break;
        case call_kind::refused:
            made.kind =
                meant(file_meanings, made.came.why, file_kind::refused, file_kind::rate_limited);
            break;
        case call_kind::unknown:
            break;
    }
    co_return made;
}

base::task<bill_outcome> bills::fetch(std::string path_and_query, bill_limits limits) {
    for (int round = 0; round < 2; ++round) {
        auto told = co_await ask(path_and_query, limits.ask);
        if (!told.where) co_return std::move(told.instead);
        auto file = co_await download(*told.where, limits.download);
        switch (file.kind) {
            case file_kind::got: {
                bill_outcome made;
                made.kind = bill_kind::got;
                made.raw = std::move(*file.came.value);
                made.hash_value = std::move(told.where->hash_value);
                co_return made;
            }
            case file_kind::expired:
                continue;
            case file_kind::rate_limited:
                co_return ended(bill_kind::rate_limited, file.came);
            case file_kind::refused:
                co_return ended(bill_kind::refused, file.came);
            case file_kind::unknown:
                co_return ended(bill_kind::unknown, file.came);
        }
    }
    co_return ended_unknown("download_url expired twice");
}

base::task<bill_outcome> bills::fetch_trade(base::business_day day, bill_limits limits) {
    auto path = std::string{addresses::trade_bill} + "?bill_date=" + base::to_text(day) +
                "&bill_type=ALL&tar_type=GZIP";
    auto made = co_await fetch(std::move(path), limits);
    co_return made;
}

base::task<bill_outcome> bills::fetch_fund_flow(base::business_day day, bill_limits limits) {
    auto path = std::string{addresses::fund_flow_bill} + "?bill_date=" + base::to_text(day) +
                "&account_type=BASIC&tar_type=GZIP";
    auto made = co_await fetch(std::move(path), limits);
    co_return made;
}

}  // namespace wechat::pay
