#include "server/base/conf.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/template_fields.hpp"

extern char** environ;

namespace base {
namespace {

constexpr std::string_view env_prefix = "CAMPUSPAY__";

std::string upper(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return out;
}

std::optional<std::string> file_content(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::string without_last_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

// One reading of a configuration: where overrides come from, which were asked for, what is wrong.
struct reading {
    const environment& overrides;
    std::set<std::string> asked;
    std::vector<std::string> faults;
};

// Reads one section key by key and remembers what was asked for, so that a key nobody reads is
// reported: a misspelt key must not silently mean its default.
class section {
public:
    section(const toml::table* table, std::string name, reading& whole)
        : table_{table}, name_{std::move(name)}, whole_{whole} {}

    void text(std::string_view key, std::string& into) {
        if (auto value = find(key)) into = std::move(*value);
    }

    void hidden(std::string_view key, secret& into) {
        if (auto value = find(key)) into = secret{std::move(*value)};
    }

    // A PEM text, or the path of a file that holds one.
    void pem(std::string_view key, secret& into) {
        if (auto value = find(key)) into = secret{pem_of(key, *value)};
    }

    void number(std::string_view key, unsigned& into, unsigned low, unsigned high) {
        const auto value = find(key);
        if (!value) return;
        unsigned parsed = 0;
        const auto* end = value->data() + value->size();
        const auto result = std::from_chars(value->data(), end, parsed);
        if (result.ec != std::errc{} || result.ptr != end || parsed < low || parsed > high) {
            fault(key, fmt::format("must be a number from {} to {}", low, high));
            return;
        }
        into = parsed;
    }

    // true or false, in the environment as a word.
    void flag(std::string_view key, bool& into) {
        known_.emplace(key);
        if (const auto word = from_environment(key)) {
            if (*word != "true" && *word != "false") return fault(key, "must be true or false");
            into = *word == "true";
            return;
        }
        const auto* node = table_ ? table_->get(key) : nullptr;
        if (!node) return;
        if (!node->is_boolean()) return fault(key, "must be true or false");
        into = *node->value<bool>();
    }

    void list(std::string_view key, std::vector<std::string>& into) {
        known_.emplace(key);
        if (const auto given = from_environment(key)) {
            into = split(*given);
            return;
        }
        const auto* node = table_ ? table_->get(key) : nullptr;
        if (!node) return;
        if (!node->is_array()) return fault(key, "must be a list of strings");
        into.clear();
        for (const auto& item : *node->as_array()) {
            if (!item.is_string()) return fault(key, "must be a list of strings");
            into.push_back(**item.as_string());
        }
    }

    void pem_map(std::string_view key, std::map<std::string, std::string>& into) {
        for (const auto& [id, path] : pairs(key, "ID", "PATH")) into[id] = pem_of(key, path);
    }

    void text_map(std::string_view key, std::map<std::string, std::string>& into) {
        into = pairs(key, "NAME", "WORD");
    }

    void require(std::string_view key, bool present) {
        if (!present) fault(key, "is missing");
    }

    void fault(std::string_view key, std::string_view what) {
        whole_.faults.push_back(fmt::format("{}.{} {}", name_, key, what));
    }

    // Keys of sub-sections are read by their own section object.
    void report_unknown(std::initializer_list<std::string_view> sub_sections = {}) {
        if (!table_) return;
        for (const auto& [key, node] : *table_) {
            const auto is = [&key = key](std::string_view sub) { return sub == key.str(); };
            if (std::any_of(sub_sections.begin(), sub_sections.end(), is)) continue;
            if (known_.count(std::string{key.str()}) == 0) fault(key.str(), "is not a known key");
        }
    }

private:
    std::optional<std::string> from_environment(std::string_view key) {
        std::string name{env_prefix};
        for (const char c : name_) name += c == '.' ? std::string{"__"} : std::string{c};
        name = upper(name + "__" + std::string{key});
        const auto found = whole_.overrides.find(name);
        whole_.asked.insert(std::move(name));
        if (found == whole_.overrides.end()) return std::nullopt;
        return found->second;
    }

    std::optional<std::string> find(std::string_view key) {
        known_.emplace(key);
        auto value = from_environment(key);
        if (!value && table_) {
            if (const auto* node = table_->get(key)) {
                if (node->is_string()) value = node->value<std::string>();
                if (node->is_integer()) value = std::to_string(*node->value<std::int64_t>());
                if (!value) fault(key, "must be a string or an integer");
            }
        }
        constexpr std::string_view from_file = "file:";
        if (value && value->rfind(from_file, 0) == 0) {
            auto content = file_content(value->substr(from_file.size()));
            if (!content) {
                fault(key, "names a file that cannot be read");
                return std::nullopt;
            }
            value = without_last_line_end(std::move(*content));
        }
        return value;
    }

    // A table in the file; in the environment NAME=WORD,NAME=WORD.
    std::map<std::string, std::string> pairs(
        std::string_view key, std::string_view left, std::string_view right
    ) {
        known_.emplace(key);
        std::map<std::string, std::string> out;
        if (const auto given = from_environment(key)) {
            for (const auto& pair : split(*given)) {
                const auto equals = pair.find('=');
                if (equals == std::string::npos) {
                    fault(key, fmt::format("must be {}={}, separated by commas", left, right));
                    continue;
                }
                out[pair.substr(0, equals)] = pair.substr(equals + 1);
            }
            return out;
        }
        const auto* node = table_ ? table_->get(key) : nullptr;
        if (!node) return out;
        const auto* table = node->as_table();
        const bool texts = table && std::all_of(table->begin(), table->end(), [](const auto& one) {
                               return one.second.is_string();
                           });
        if (!texts) {
            fault(key, fmt::format("must be a table of {} = {}", left, right));
            return out;
        }
        for (const auto& [name, text] : *table) out[std::string{name.str()}] = **text.as_string();
        return out;
    }

    std::string pem_of(std::string_view key, const std::string& value) {
        if (value.find("-----BEGIN") != std::string::npos) return value;
        constexpr std::string_view from_file = "file:";
        const auto path = value.rfind(from_file, 0) == 0 ? value.substr(from_file.size()) : value;
        auto content = file_content(path);
        if (!content) {
            fault(key, "names a file that cannot be read");
            return {};
        }
        return *content;
    }

    static std::vector<std::string> split(const std::string& text) {
        std::vector<std::string> out;
        std::stringstream in{text};
        for (std::string part; std::getline(in, part, ',');) {
            if (!part.empty()) out.push_back(part);
        }
        return out;
    }

    const toml::table* table_;
    std::string name_;
    reading& whole_;
    std::set<std::string, std::less<>> known_;
};

void read_server(section s, server_conf& into) {
    s.text("listen", into.listen);
    s.text("ops_listen", into.ops_listen);
    s.text("public_url", into.public_url);
    s.text("static_dir", into.static_dir);
    s.text("verify_files_dir", into.verify_files_dir);
    s.number("io_threads", into.io_threads, 1, 64);
    s.list("trusted_proxies", into.trusted_proxies);
    s.text("log_level", into.log_level);
    constexpr std::array levels{"debug", "info", "warning", "alarm"};
    if (std::find(levels.begin(), levels.end(), into.log_level) == levels.end()) {
        s.fault("log_level", "must be debug, info, warning or alarm");
    }
    while (!into.public_url.empty() && into.public_url.back() == '/') into.public_url.pop_back();
    const bool web =
        into.public_url.rfind("http://", 0) == 0 || into.public_url.rfind("https://", 0) == 0;
    if (!web) s.fault("public_url", "must begin with https:// (or http:// on this machine)");
    s.report_unknown();
}

void read_database(section s, database_conf& into) {
    s.hidden("url", into.url);
    s.number("pool_size", into.pool_size, 1, 256);
    s.require("url", !into.url.empty());
    s.report_unknown();
}

void read_security(section s, security_conf& into) {
    secret written;
    s.hidden("master_key", written);
    s.require("master_key", !written.empty());
    if (!written.empty()) {
        const auto bytes = from_base64(written.reveal());
        if (!bytes || bytes->size() != 32) {
            s.fault("master_key", "must be 32 bytes in base64");
        } else {
            into.master_key = secret{*bytes};
        }
    }
    s.number("sign_in_tries_per_hour", into.sign_in_tries_per_hour, 1, 1000);
    s.number("sign_in_tries_per_address", into.sign_in_tries_per_address, 1, 100000);
    s.number("session_idle_minutes", into.session_idle_minutes, 1, 24 * 60);
    s.number("session_hours", into.session_hours, 1, 24 * 30);
    s.text("password_recovery", into.password_recovery);
    if (into.password_recovery != "questions" && into.password_recovery != "off") {
        s.fault("password_recovery", "must be questions or off");
    }
    s.report_unknown();
}

void read_console(section s, console_conf& into) {
    s.number("session_idle_minutes", into.session_idle_minutes, 1, 12 * 60);
    s.number("session_hours", into.session_hours, 1, 24);
    s.number("sign_in_tries_per_hour", into.sign_in_tries_per_hour, 1, 1000);
    s.number("sign_in_tries_per_address", into.sign_in_tries_per_address, 1, 100000);
    s.report_unknown();
}

void read_school(section s, school_conf& into) {
    s.text("name", into.name);
    s.text("platform", into.platform);
    s.text("help", into.help);
    s.text("order_prefix", into.order_prefix);
    s.number("order_minutes", into.order_minutes, 2, 7 * 24 * 60);
    s.flag("arrears_first", into.arrears_first);
    s.number("leaver_year_begins", into.leaver_year_begins, 1, 12);
    s.list("leaver_months_off", into.leaver_months_off);
    s.flag("leaver_lodging", into.leaver_lodging);
    constexpr std::string_view months = " 1 2 3 4 5 6 7 8 9 10 11 12 ";
    const std::set<std::string> off{into.leaver_months_off.begin(), into.leaver_months_off.end()};
    const bool known = std::ranges::all_of(off, [&](const std::string& month) {
        return months.find(" " + month + " ") != std::string_view::npos;
    });
    if (!known || off.size() != into.leaver_months_off.size() || off.size() > 11) {
        s.fault("leaver_months_off", "must be a list of months, each once, from \"1\" to \"12\"");
    }
    s.text_map("english", into.english);
    const bool said = std::all_of(into.english.begin(), into.english.end(), [](const auto& one) {
        return !one.first.empty() && !one.second.empty();
    });
    if (!said) s.fault("english", "has a name without English");
    s.require("name", !into.name.empty());
    const bool plain = std::all_of(into.order_prefix.begin(), into.order_prefix.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
    if (!plain || into.order_prefix.size() > 8) {
        s.fault("order_prefix", "must be at most 8 letters and digits");
    }
    s.report_unknown();
}

void read_top_ups(section s, top_up_conf& into) {
    s.text("notify_url", into.notify_url);
    s.hidden("key", into.key);
    if (!into.notify_url.empty()) {
        const bool web =
            into.notify_url.rfind("http://", 0) == 0 || into.notify_url.rfind("https://", 0) == 0;
        if (!web) s.fault("notify_url", "must begin with https:// (or http:// on this machine)");
        s.require("key", !into.key.empty());
    }
    if (!into.key.empty() && into.key.reveal().size() < 32) {
        s.fault("key", "must have at least 32 characters");
    }
    s.report_unknown();
}

void read_template(section& s, const std::string& key, template_kind kind, template_conf& into) {
    s.text(key, into.id);
    const auto fields = key + "_fields";
    s.text_map(fields, into.fields);
    if (!into.id.empty()) s.require(fields, !into.fields.empty());
    for (const auto& [name, word] : into.fields) {
        const auto flaw = flaw_of_template_field(kind, name, word);
        if (!flaw.empty()) s.fault(fields, flaw);
    }
}

void read_templates(section s, account_conf& into) {
    read_template(s, "paid", template_kind::paid, into.paid_template);
    read_template(s, "refunded", template_kind::refunded, into.refunded_template);
    s.report_unknown();
}

void read_account(section s, account_conf& into) {
    s.text("name", into.name);
    s.text("app_id", into.app_id);
    s.hidden("app_secret", into.app_secret);
    s.hidden("token", into.token);
    s.hidden("previous_token", into.previous_token);
    s.hidden("encoding_aes_key", into.encoding_aes_key);
    s.hidden("previous_encoding_aes_key", into.previous_encoding_aes_key);
    s.text("mode", into.mode);
    s.text("original_id", into.original_id);
    s.text("api_base", into.api_base);
    s.text("authorize_base", into.authorize_base);
    s.require("app_id", !into.app_id.empty());
    s.require("app_secret", !into.app_secret.empty());
    s.require("token", !into.token.empty());
    if (into.mode != "plain" && into.mode != "compatible" && into.mode != "safe") {
        s.fault("mode", "must be plain, compatible or safe");
    }
    if (into.mode != "plain") s.require("encoding_aes_key", !into.encoding_aes_key.empty());
    const auto check_aes_key = [&s](std::string_view key, const secret& value) {
        if (!value.empty() && value.reveal().size() != 43) s.fault(key, "must have 43 characters");
    };
    check_aes_key("encoding_aes_key", into.encoding_aes_key);
    check_aes_key("previous_encoding_aes_key", into.previous_encoding_aes_key);
    s.report_unknown({"templates"});
}

void read_merchant(section s, merchant_conf& into) {
    s.text("mch_id", into.mch_id);
    s.text("merchant_name", into.merchant_name);
    s.text("serial_no", into.serial_no);
    s.pem("private_key", into.private_key);
    s.hidden("api_v3_key", into.api_v3_key);
    s.hidden("previous_api_v3_key", into.previous_api_v3_key);
    s.pem_map("platform_keys", into.platform_keys);
    s.text("api_base", into.api_base);
    s.text("backup_api_base", into.backup_api_base);
    s.require("mch_id", !into.mch_id.empty());
    s.require("merchant_name", !into.merchant_name.empty());
    s.require("serial_no", !into.serial_no.empty());
    s.require("private_key", !into.private_key.empty());
    if (into.api_v3_key.reveal().size() != 32) s.fault("api_v3_key", "must have 32 characters");
    const auto& previous = into.previous_api_v3_key;
    if (!previous.empty() && previous.reveal().size() != 32) {
        s.fault("previous_api_v3_key", "must have 32 characters");
    }
    s.report_unknown();
}

// How many merchants the environment alone names: CAMPUSPAY__WECHAT__PAY__<n>__…
std::size_t merchants_in(const environment& overrides) {
    constexpr std::string_view prefix = "CAMPUSPAY__WECHAT__PAY__";
    std::size_t count = 0;
    for (const auto& [name, value] : overrides) {
        if (name.rfind(prefix, 0) != 0) continue;
        std::size_t index = 0;
        const auto* first = name.data() + prefix.size();
        const auto result = std::from_chars(first, name.data() + name.size(), index);
        if (result.ec == std::errc{}) count = std::max(count, index + 1);
    }
    return std::min<std::size_t>(count, 16);
}

const toml::table* child(const toml::table* parent, std::string_view key, reading& whole) {
    const auto* node = parent ? parent->get(key) : nullptr;
    if (node && !node->is_table()) whole.faults.push_back(fmt::format("{} must be a section", key));
    return node ? node->as_table() : nullptr;
}

void read_merchants(const toml::table* wechat, std::vector<merchant_conf>& into, reading& whole) {
    const auto* node = wechat ? wechat->get("pay") : nullptr;
    const auto* array = node ? node->as_array() : nullptr;
    // One merchant may also be written as a plain table.
    const auto* single = array ? nullptr : child(wechat, "pay", whole);
    const auto in_file = array ? array->size() : std::size_t{0};
    const auto count = std::max({in_file, merchants_in(whole.overrides), std::size_t{1}});
    std::set<std::string> seen;
    for (std::size_t i = 0; i < count; ++i) {
        const auto* table = array ? array->get_as<toml::table>(i) : i == 0 ? single : nullptr;
        section mine{table, "wechat.pay." + std::to_string(i), whole};
        auto& merchant = into.emplace_back();
        read_merchant(mine, merchant);
        const bool twice = !merchant.mch_id.empty() && !seen.insert(merchant.mch_id).second;
        if (twice) mine.fault("mch_id", "is used twice");
    }
}

void report_unknown_overrides(reading& whole) {
    for (const auto& [name, value] : whole.overrides) {
        if (whole.asked.count(name) == 0) whole.faults.push_back(name + " is not a known key");
    }
}

}  // namespace

conf parse_conf(std::string_view text, const environment& overrides) {
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& failure) {
        throw error{
            errc::conf_invalid,
            fmt::format(
                "line {}: {}", failure.source().begin.line, std::string{failure.description()}
            )};
    }
    reading whole{overrides, {}, {}};
    conf out;
    read_server({child(&root, "server", whole), "server", whole}, out.server);
    read_database({child(&root, "database", whole), "database", whole}, out.database);
    read_security({child(&root, "security", whole), "security", whole}, out.security);
    read_console({child(&root, "console", whole), "console", whole}, out.console);
    read_school({child(&root, "school", whole), "school", whole}, out.school);
    const auto* wechat = child(&root, "wechat", whole);
    const auto* account = child(wechat, "account", whole);
    read_account({account, "wechat.account", whole}, out.account);
    const auto* templates = child(account, "templates", whole);
    read_templates({templates, "wechat.account.templates", whole}, out.account);
    read_merchants(wechat, out.merchants, whole);
    read_top_ups({child(&root, "top_ups", whole), "top_ups", whole}, out.top_ups);
    section{wechat, "wechat", whole}.report_unknown({"account", "pay"});
    section{&root, "file", whole}.report_unknown(
        {"server", "database", "security", "console", "school", "top_ups", "wechat"}
    );
    report_unknown_overrides(whole);
    if (out.account.name.empty()) out.account.name = out.school.name;
    if (!whole.faults.empty()) {
        throw error{errc::conf_invalid, fmt::format("{}", fmt::join(whole.faults, "; "))};
    }
    return out;
}

conf read_conf(const std::string& path, const environment& overrides) {
    const auto text = file_content(path);
    if (!text) throw error{errc::conf_invalid, "cannot read " + path};
    return parse_conf(*text, overrides);
}

environment process_environment() {
    environment out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (text.rfind(env_prefix, 0) == 0 && equals != std::string_view::npos) {
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return out;
}

}  // namespace base
