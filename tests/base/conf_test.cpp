#include "server/base/conf.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace {

const std::string master_bytes = base::sha256("a master key of tests");
const std::string aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const std::string v3_key = "0123456789abcdef0123456789ABCDEF";
const std::string pem = "-----BEGIN PRIVATE KEY-----\nMIIB-not-a-key\n-----END PRIVATE KEY-----\n";

// Every secret of the files below, so that a test can look for them in error texts.
const std::vector<std::string> secrets{
    "db-password-7f",
    base::to_base64(master_bytes),
    "app-secret-9c",
    "callback-token-3e",
    aes_key,
    v3_key,
    "MIIB-not-a-key"};

std::string smallest() {
    return fmt::format(
        R"([database]
url = "mysql://campus:db-password-7f@127.0.0.1:3306/campus"
[security]
master_key = "{}"
[school]
name = "吉林交通职业技术学院"
[wechat.account]
app_id = "wx0123456789abcdef"
app_secret = "app-secret-9c"
token = "callback-token-3e"
encoding_aes_key = "{}"
[[wechat.pay]]
mch_id = "1900000001"
merchant_name = "吉林交通职业技术学院"
serial_no = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
private_key = """{}"""
api_v3_key = "{}"
)",
        base::to_base64(master_bytes),
        aes_key,
        pem,
        v3_key
    );
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

// The detail of the refusal, or "" where the text is taken.
std::string refusal(const std::string& toml, const base::environment& overrides = {}) {
    try {
        base::parse_conf(toml, overrides);
    } catch (const base::error& failure) {
        CHECK(failure.what_code() == base::errc::conf_invalid);
        for (const auto& hidden : secrets) {
            CAPTURE(hidden);
            CHECK(failure.detail().find(hidden) == std::string::npos);
        }
        return failure.detail();
    }
    return "";
}

bool names(const std::string& detail, const std::string& key) {
    return detail.find(key) != std::string::npos;
}

// A folder that goes away with the test.
class scratch_folder {
public:
    scratch_folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "conf-test-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    std::string put(const std::string& name, const std::string& content) const {
        const auto path = path_ / name;
        std::ofstream{path, std::ios::binary} << content;
        return path.string();
    }
    std::string path_of(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("the smallest file gives every default") {
    const auto conf = base::parse_conf(smallest(), {});
    CHECK(conf.server.listen == "127.0.0.1:8080");
    CHECK(conf.server.ops_listen == "127.0.0.1:8081");
    CHECK(conf.server.public_url == "http://127.0.0.1:8080");
    CHECK(conf.server.static_dir == "h5/dist");
    CHECK(conf.server.verify_files_dir.empty());
    CHECK(conf.server.io_threads == 2);
    CHECK(conf.server.trusted_proxies.empty());
    CHECK(conf.server.log_level == "info");
    CHECK(conf.database.pool_size == 4);
    CHECK(conf.security.master_key.reveal() == master_bytes);
    CHECK(conf.security.sign_in_tries_per_hour == 5);
    CHECK(conf.security.session_idle_minutes == 30);
    CHECK(conf.security.session_hours == 12);
    CHECK(conf.console.session_idle_minutes == 30);
    CHECK(conf.console.session_hours == 10);
    CHECK(conf.console.sign_in_tries_per_hour == 8);
    CHECK(conf.console.sign_in_tries_per_address == 40);
    CHECK(conf.school.platform == "校园统一支付平台");
    CHECK(conf.school.order_prefix == "CP");
    CHECK(conf.school.order_minutes == 30);
    CHECK(conf.account.mode == "safe");
    CHECK(conf.account.name == "吉林交通职业技术学院");
    CHECK(conf.account.api_base == "https://api.weixin.qq.com");
    CHECK(conf.account.authorize_base == "https://open.weixin.qq.com");
    CHECK(conf.account.paid_template.id.empty());
    CHECK(conf.account.paid_template.fields.empty());
    CHECK(conf.account.refunded_template.id.empty());
    REQUIRE(conf.merchants.size() == 1);
    CHECK(conf.merchants[0].api_base == "https://api.mch.weixin.qq.com");
    CHECK(conf.merchants[0].private_key.reveal() == pem);
}

TEST_CASE("every key is read") {
    const auto text = fmt::format(
        R"([server]
listen = "0.0.0.0:80"
ops_listen = "127.0.0.1:9"
public_url = "https://pay.example.edu.cn/"
static_dir = "/srv/h5"
verify_files_dir = "/srv/verify"
io_threads = 3
trusted_proxies = ["10.0.0.1", "10.0.0.0/8"]
log_level = "warning"
[database]
url = "mysql://u@/n?socket=/run/s"
pool_size = 9
[security]
master_key = "{}"
sign_in_tries_per_hour = 6
sign_in_tries_per_address = 70
session_idle_minutes = 20
session_hours = 8
[console]
session_idle_minutes = 15
session_hours = 9
sign_in_tries_per_hour = 4
sign_in_tries_per_address = 30
[school]
name = "某校"
platform = "平台"
help = "电话"
order_prefix = "JLJT"
order_minutes = 15
[school.english]
"某校" = "Some School"
"冬季校服" = "Winter uniform"
[wechat.account]
name = "公众号"
app_id = "wx1"
app_secret = "s1"
token = "t1"
previous_token = "t0"
encoding_aes_key = "{}"
previous_encoding_aes_key = "{}"
mode = "compatible"
original_id = "gh_1"
api_base = "http://127.0.0.1:1"
authorize_base = "http://127.0.0.1:2"
[wechat.account.templates]
paid = "TPL_PAID"
paid_fields = {{ thing1 = "items", amount2 = "amount", phrase5 = "=已支付" }}
refunded = "TPL_BACK"
[wechat.account.templates.refunded_fields]
amount1 = "amount"
thing2 = "reason"
[[wechat.pay]]
mch_id = "1"
merchant_name = "甲"
serial_no = "AA"
private_key = """{}"""
api_v3_key = "{}"
previous_api_v3_key = "fedcba9876543210fedcba9876543210"
platform_keys = {{ "PUB_KEY_ID_1" = """{}""" }}
api_base = "http://127.0.0.1:3"
backup_api_base = "http://127.0.0.1:4"
[[wechat.pay]]
mch_id = "2"
merchant_name = "乙"
serial_no = "BB"
private_key = """{}"""
api_v3_key = "{}"
)",
        base::to_base64(master_bytes),
        aes_key,
        std::string(43, 'q'),
        pem,
        v3_key,
        pem,
        pem,
        v3_key
    );
    const auto conf = base::parse_conf(text, {});
    CHECK(conf.server.listen == "0.0.0.0:80");
    CHECK(conf.server.ops_listen == "127.0.0.1:9");
    CHECK(conf.server.public_url == "https://pay.example.edu.cn");  // one form, without the slash
    CHECK(conf.server.static_dir == "/srv/h5");
    CHECK(conf.server.verify_files_dir == "/srv/verify");
    CHECK(conf.server.io_threads == 3);
    CHECK(conf.server.trusted_proxies == std::vector<std::string>{"10.0.0.1", "10.0.0.0/8"});
    CHECK(conf.server.log_level == "warning");
    CHECK(conf.database.url.reveal() == "mysql://u@/n?socket=/run/s");
    CHECK(conf.database.pool_size == 9);
    CHECK(conf.security.sign_in_tries_per_hour == 6);
    CHECK(conf.security.sign_in_tries_per_address == 70);
    CHECK(conf.security.session_idle_minutes == 20);
    CHECK(conf.security.session_hours == 8);
    CHECK(conf.console.session_idle_minutes == 15);
    CHECK(conf.console.session_hours == 9);
    CHECK(conf.console.sign_in_tries_per_hour == 4);
    CHECK(conf.console.sign_in_tries_per_address == 30);
    CHECK(conf.school.name == "某校");
    CHECK(conf.school.platform == "平台");
    CHECK(conf.school.help == "电话");
    CHECK(conf.school.order_prefix == "JLJT");
    CHECK(conf.school.order_minutes == 15);
    CHECK(conf.school.english.size() == 2);
    CHECK(conf.school.english.at("冬季校服") == "Winter uniform");
    CHECK(conf.account.name == "公众号");
    CHECK(conf.account.app_id == "wx1");
    CHECK(conf.account.app_secret.reveal() == "s1");
    CHECK(conf.account.token.reveal() == "t1");
    CHECK(conf.account.previous_token.reveal() == "t0");
    CHECK(conf.account.encoding_aes_key.reveal() == aes_key);
    CHECK(conf.account.previous_encoding_aes_key.reveal() == std::string(43, 'q'));
    CHECK(conf.account.mode == "compatible");
    CHECK(conf.account.original_id == "gh_1");
    CHECK(conf.account.api_base == "http://127.0.0.1:1");
    CHECK(conf.account.authorize_base == "http://127.0.0.1:2");
    using fields = std::map<std::string, std::string>;
    CHECK(conf.account.paid_template.id == "TPL_PAID");
    CHECK(
        conf.account.paid_template.fields ==
        fields{{"amount2", "amount"}, {"phrase5", "=已支付"}, {"thing1", "items"}}
    );
    CHECK(conf.account.refunded_template.id == "TPL_BACK");
    CHECK(
        conf.account.refunded_template.fields == fields{{"amount1", "amount"}, {"thing2", "reason"}}
    );
    REQUIRE(conf.merchants.size() == 2);
    const auto& one = conf.merchants[0];
    CHECK(one.mch_id == "1");
    CHECK(one.merchant_name == "甲");
    CHECK(one.serial_no == "AA");
    CHECK(one.private_key.reveal() == pem);
    CHECK(one.api_v3_key.reveal() == v3_key);
    CHECK(one.previous_api_v3_key.reveal() == "fedcba9876543210fedcba9876543210");
    CHECK(one.platform_keys == std::map<std::string, std::string>{{"PUB_KEY_ID_1", pem}});
    CHECK(one.api_base == "http://127.0.0.1:3");
    CHECK(one.backup_api_base == "http://127.0.0.1:4");
    CHECK(conf.merchants[1].mch_id == "2");
    CHECK(conf.merchants[1].platform_keys.empty());
}

TEST_CASE("the environment overrides any key, also below arrays") {
    const base::environment overrides{
        {"CAMPUSPAY__SERVER__LISTEN", "0.0.0.0:8888"},
        {"CAMPUSPAY__SERVER__IO_THREADS", "7"},
        {"CAMPUSPAY__SERVER__TRUSTED_PROXIES", "10.0.0.1,10.0.0.2"},
        {"CAMPUSPAY__DATABASE__URL", "mysql://other@h/n"},
        {"CAMPUSPAY__WECHAT__ACCOUNT__MODE", "plain"},
        {"CAMPUSPAY__WECHAT__PAY__0__MCH_ID", "1900000009"},
        {"CAMPUSPAY__WECHAT__PAY__1__MCH_ID", "1900000010"},
        {"CAMPUSPAY__WECHAT__PAY__1__MERCHANT_NAME", "后勤"},
        {"CAMPUSPAY__WECHAT__PAY__1__SERIAL_NO", "CC"},
        {"CAMPUSPAY__WECHAT__PAY__1__PRIVATE_KEY", pem},
        {"CAMPUSPAY__WECHAT__PAY__1__API_V3_KEY", v3_key},
        {"CAMPUSPAY__WECHAT__PAY__1__PLATFORM_KEYS", "PUB_KEY_ID_1=" + pem},
    };
    const auto conf = base::parse_conf(smallest(), overrides);
    CHECK(conf.server.listen == "0.0.0.0:8888");
    CHECK(conf.server.io_threads == 7);
    CHECK(conf.server.trusted_proxies == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
    CHECK(conf.database.url.reveal() == "mysql://other@h/n");
    CHECK(conf.account.mode == "plain");
    REQUIRE(conf.merchants.size() == 2);
    CHECK(conf.merchants[0].mch_id == "1900000009");
    CHECK(conf.merchants[0].merchant_name == "吉林交通职业技术学院");
    CHECK(conf.merchants[1].mch_id == "1900000010");
    CHECK(conf.merchants[1].platform_keys.at("PUB_KEY_ID_1") == pem);
}

TEST_CASE("the environment alone is enough") {
    const base::environment overrides{
        {"CAMPUSPAY__DATABASE__URL", "mysql://other@h/n"},
        {"CAMPUSPAY__SECURITY__MASTER_KEY", base::to_base64(master_bytes)},
        {"CAMPUSPAY__SCHOOL__NAME", "某校"},
        {"CAMPUSPAY__WECHAT__ACCOUNT__APP_ID", "wx1"},
        {"CAMPUSPAY__WECHAT__ACCOUNT__APP_SECRET", "s"},
        {"CAMPUSPAY__WECHAT__ACCOUNT__TOKEN", "t"},
        {"CAMPUSPAY__WECHAT__ACCOUNT__ENCODING_AES_KEY", aes_key},
        {"CAMPUSPAY__WECHAT__PAY__0__MCH_ID", "1"},
        {"CAMPUSPAY__WECHAT__PAY__0__MERCHANT_NAME", "甲"},
        {"CAMPUSPAY__WECHAT__PAY__0__SERIAL_NO", "AA"},
        {"CAMPUSPAY__WECHAT__PAY__0__PRIVATE_KEY", pem},
        {"CAMPUSPAY__WECHAT__PAY__0__API_V3_KEY", v3_key},
    };
    CHECK(base::parse_conf("", overrides).merchants.at(0).mch_id == "1");
}

TEST_CASE("the process environment gives what begins with our prefix") {
    setenv("CAMPUSPAY__SCHOOL__HELP", "a=b", 1);
    setenv("CAMPUSPAYX", "no", 1);
    const auto found = base::process_environment();
    unsetenv("CAMPUSPAY__SCHOOL__HELP");
    unsetenv("CAMPUSPAYX");
    CHECK(found.at("CAMPUSPAY__SCHOOL__HELP") == "a=b");
    CHECK(found.count("CAMPUSPAYX") == 0);
    CHECK(found.count("PATH") == 0);
}

TEST_CASE("a value may live in a file, without its last line end") {
    const scratch_folder folder;
    const auto token = folder.put("token", "from-a-file\n");
    const auto key = folder.put("merchant.pem", pem);
    const base::environment overrides{
        {"CAMPUSPAY__WECHAT__ACCOUNT__TOKEN", "file:" + token},
        {"CAMPUSPAY__WECHAT__PAY__0__PRIVATE_KEY", key},
        {"CAMPUSPAY__WECHAT__PAY__0__PLATFORM_KEYS", "A=" + key + ",B=file:" + key},
    };
    const auto conf = base::parse_conf(smallest(), overrides);
    CHECK(conf.account.token.reveal() == "from-a-file");
    CHECK(conf.merchants[0].private_key.reveal() == pem);
    CHECK(conf.merchants[0].platform_keys.at("A") == pem);
    CHECK(conf.merchants[0].platform_keys.at("B") == pem);

    const auto by_file = replaced(smallest(), "\"\"\"" + pem + "\"\"\"", "\"file:" + key + "\"");
    CHECK(base::parse_conf(by_file, {}).merchants[0].private_key.reveal().find("BEGIN") == 5);
}

TEST_CASE("a file that is not there is named by its key, not by its path") {
    const scratch_folder folder;
    const auto gone = folder.path_of("gone");
    const auto detail = refusal(
        smallest(),
        {{"CAMPUSPAY__SECURITY__MASTER_KEY", "file:" + gone},
         {"CAMPUSPAY__WECHAT__PAY__0__PRIVATE_KEY", gone},
         {"CAMPUSPAY__WECHAT__PAY__0__PLATFORM_KEYS", "A=" + gone}}
    );
    CHECK(names(detail, "security.master_key names a file that cannot be read"));
    CHECK(names(detail, "wechat.pay.0.private_key names a file that cannot be read"));
    CHECK(names(detail, "wechat.pay.0.platform_keys names a file that cannot be read"));
}

TEST_CASE("every missing key is named, all at once") {
    const auto detail = refusal("");
    for (const char* key :
         {"database.url",
          "security.master_key",
          "school.name",
          "wechat.account.app_id",
          "wechat.account.app_secret",
          "wechat.account.token",
          "wechat.account.encoding_aes_key",
          "wechat.pay.0.mch_id",
          "wechat.pay.0.merchant_name",
          "wechat.pay.0.serial_no",
          "wechat.pay.0.private_key",
          "wechat.pay.0.api_v3_key"}) {
        CAPTURE(std::string{key});
        CHECK(names(detail, key));
    }
}

TEST_CASE("plain mode needs no EncodingAESKey") {
    auto text = replaced(smallest(), "encoding_aes_key = \"" + aes_key + "\"", "mode = \"plain\"");
    CHECK(refusal(text) == "");
}

TEST_CASE("a misspelt key or section is named, never silently a default") {
    struct row {
        const char* text;
        const char* expected;
    };
    for (const auto& [text, expected] : {
             row{"[server]\nlisen = \"x\"\n", "server.lisen is not a known key"},
             row{"[serverr]\nlisten = \"x\"\n", "serverr"},
             row{"[wechat.acount]\nname = \"x\"\n", "acount"},
         }) {
        CAPTURE(std::string{text});
        CHECK(names(refusal(std::string{text} + smallest()), expected));
    }
    CHECK(names(
        refusal(smallest() + "platform_key = {}\n"), "wechat.pay.0.platform_key is not a known key"
    ));
    CHECK(names(refusal("listen = \"x\"\n" + smallest()), "listen is not a known key"));
}

TEST_CASE("a misspelt override is named too") {
    CHECK(names(
        refusal(smallest(), {{"CAMPUSPAY__SERVER__LISEN", "x"}}),
        "CAMPUSPAY__SERVER__LISEN is not a known key"
    ));
    CHECK(names(
        refusal(smallest(), {{"CAMPUSPAY__WECHAT__PAY__MCH_ID", "x"}}),
        "CAMPUSPAY__WECHAT__PAY__MCH_ID is not a known key"
    ));
}

TEST_CASE("a value of the wrong kind is named, never silently a default") {
    struct row {
        const char* text;
        const char* expected;
    };
    for (const auto& [text, expected] : {
             row{"[server]\nlisten = true\n", "server.listen"},
             row{"[server]\nlisten = [\"a\"]\n", "server.listen"},
             row{"[server]\nio_threads = 2.5\n", "server.io_threads"},
             row{"[server]\nio_threads = \"two\"\n", "server.io_threads"},
             row{"[server]\nio_threads = 0\n", "server.io_threads must be a number from 1 to 64"},
             row{"[server]\nio_threads = 65\n", "server.io_threads"},
             row{"[server]\nio_threads = -1\n", "server.io_threads"},
             row{"[server]\nio_threads = \"\"\n", "server.io_threads"},
             row{"[server]\nio_threads = \"3 \"\n", "server.io_threads"},
             row{"[server]\nio_threads = 99999999999999\n", "server.io_threads"},
             row{"[server]\ntrusted_proxies = \"10.0.0.1\"\n", "server.trusted_proxies"},
             row{"[server]\ntrusted_proxies = [1]\n", "server.trusted_proxies"},
             row{"[server]\npublic_url = \"pay.example.edu.cn\"\n", "server.public_url"},
             row{"[server]\npublic_url = \"\"\n", "server.public_url"},
             row{"[server]\nlog_level = \"loud\"\n", "server.log_level"},
             row{"server = 1\n", "server"},
         }) {
        CAPTURE(std::string{text});
        CHECK(names(refusal(std::string{text} + smallest()), expected));
    }
    CHECK(names(refusal(smallest() + "platform_keys = \"x\"\n"), "wechat.pay.0.platform_keys"));
    CHECK(
        names(refusal(smallest() + "platform_keys = { \"A\" = 1 }\n"), "wechat.pay.0.platform_keys")
    );
    CHECK(names(
        refusal(smallest(), {{"CAMPUSPAY__WECHAT__PAY__0__PLATFORM_KEYS", "no equals sign"}}),
        "wechat.pay.0.platform_keys"
    ));
}

TEST_CASE("each rule about a value names its key") {
    struct row {
        const char* name;
        const char* value;
        const char* expected;
    };
    for (const auto& [name, value, expected] : {
             row{"SECURITY__MASTER_KEY", "c2hvcnQ=", "security.master_key must be 32 bytes"},
             row{"SECURITY__MASTER_KEY", "not base64", "security.master_key must be 32 bytes"},
             row{"SECURITY__SESSION_HOURS", "0", "security.session_hours"},
             row{"CONSOLE__SESSION_HOURS", "25", "console.session_hours"},
             row{"CONSOLE__SESSION_IDLE_MINUTES", "0", "console.session_idle_minutes"},
             row{"SCHOOL__ORDER_PREFIX", "TOOLONGXX", "school.order_prefix"},
             row{"SCHOOL__ORDER_PREFIX", "A-B", "school.order_prefix"},
             row{"SCHOOL__ORDER_PREFIX", "校", "school.order_prefix"},
             row{"SCHOOL__ORDER_MINUTES", "1", "school.order_minutes"},
             row{"SCHOOL__LEAVER_YEAR_BEGINS", "13", "school.leaver_year_begins"},
             row{"SCHOOL__LEAVER_MONTHS_OFF", "7,13", "school.leaver_months_off"},
             row{"SCHOOL__LEAVER_MONTHS_OFF", "7,7", "school.leaver_months_off"},
             row{"SCHOOL__LEAVER_MONTHS_OFF",
                 "1,2,3,4,5,6,7,8,9,10,11,12",
                 "school.leaver_months_off"},
             row{"SCHOOL__ENGLISH", "校服", "school.english"},
             row{"SCHOOL__ENGLISH", "校服=", "school.english"},
             row{"WECHAT__ACCOUNT__MODE", "secure", "wechat.account.mode"},
             row{"WECHAT__ACCOUNT__ENCODING_AES_KEY", "short", "wechat.account.encoding_aes_key"},
             row{"WECHAT__ACCOUNT__PREVIOUS_ENCODING_AES_KEY",
                 "short",
                 "wechat.account.previous_encoding_aes_key"},
             row{"WECHAT__PAY__0__API_V3_KEY", "short", "wechat.pay.0.api_v3_key"},
             row{"WECHAT__PAY__0__PREVIOUS_API_V3_KEY",
                 "short",
                 "wechat.pay.0.previous_api_v3_key"},
             row{"DATABASE__POOL_SIZE", "0", "database.pool_size"},
         }) {
        CAPTURE(std::string{name});
        CHECK(names(refusal(smallest(), {{std::string{"CAMPUSPAY__"} + name, value}}), expected));
    }
}

TEST_CASE("the system behind top-ups is named whole or not at all") {
    CHECK(base::parse_conf(smallest(), {}).top_ups.notify_url.empty());
    const std::string key(32, 'k');
    const auto with = [&](const std::string& section) {
        return base::parse_conf(smallest() + "\n[top_ups]\n" + section, {});
    };
    const auto good = with("notify_url = \"https://card.example/x\"\nkey = \"" + key + "\"");
    CHECK(good.top_ups.notify_url == "https://card.example/x");
    CHECK(good.top_ups.key.reveal() == key);
    for (const auto* wrong :
         {"notify_url = \"https://card.example/x\"",
          "notify_url = \"ftp://card.example/x\"\nkey = \"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\"",
          "notify_url = \"https://card.example/x\"\nkey = \"short\"",
          "url = \"https://card.example/x\""}) {
        CHECK_THROWS_AS(with(wrong), base::error);
    }
}

TEST_CASE("a template is taken whole or not at all") {
    const std::string section = "wechat.account.templates.";
    const auto with = [](const std::string& lines) {
        const std::string at = "[[wechat.pay]]";
        return replaced(smallest(), at, "[wechat.account.templates]\n" + lines + "\n" + at);
    };
    struct row {
        const char* lines;
        const char* expected;
    };
    for (const auto& [lines, expected] : {
             row{"paid = \"T\"", "paid_fields is missing"},
             row{"paid = \"T\"\npaid_fields = {}", "paid_fields is missing"},
             row{"paid = \"T\"\npaid_fields = \"thing1\"", "paid_fields must be a table"},
             row{"paid = \"T\"\npaid_fields = { thing1 = 1 }", "paid_fields must be a table"},
             row{"paid = [\"T\"]", "paid must be a string"},
             row{"paid_fields = { thing1 = \"name\" }", "paid_fields fills thing1"},
             row{"paid_fields = { first = \"items\" }", "paid_fields names first"},
             row{"paid_fields = { thing1 = \"reason\" }", "paid_fields fills thing1"},
             row{"refunded_fields = { amount1 = \"reason\" }", "refunded_fields fills amount1"},
             row{"payed = \"T\"", "payed is not a known key"},
         }) {
        CAPTURE(std::string{lines});
        CHECK(names(refusal(with(lines)), section + expected));
    }
    CHECK(names(
        refusal(replaced(smallest(), "[[wechat.pay]]", "templates = 1\n[[wechat.pay]]")),
        "templates"
    ));
    // Switched off without losing the mapping, as by an override for a while.
    const auto fields = with("paid = \"T\"\npaid_fields = { thing1 = \"items\" }");
    const auto off =
        base::parse_conf(fields, {{"CAMPUSPAY__WECHAT__ACCOUNT__TEMPLATES__PAID", ""}});
    CHECK(off.account.paid_template.id.empty());
    const auto on = base::parse_conf(
        smallest(),
        {{"CAMPUSPAY__WECHAT__ACCOUNT__TEMPLATES__PAID", "T"},
         {"CAMPUSPAY__WECHAT__ACCOUNT__TEMPLATES__PAID_FIELDS", "thing1=items,phrase2==已支付"}}
    );
    CHECK(on.account.paid_template.fields.at("phrase2") == "=已支付");
    CHECK(names(
        refusal(smallest(), {{"CAMPUSPAY__WECHAT__ACCOUNT__TEMPLATES__PAID_FIELDS", "thing1"}}),
        section + "paid_fields"
    ));
}

TEST_CASE("one merchant number stands for one merchant") {
    const base::environment twice{
        {"CAMPUSPAY__WECHAT__PAY__1__MCH_ID", "1900000001"},
        {"CAMPUSPAY__WECHAT__PAY__1__MERCHANT_NAME", "后勤"},
        {"CAMPUSPAY__WECHAT__PAY__1__SERIAL_NO", "CC"},
        {"CAMPUSPAY__WECHAT__PAY__1__PRIVATE_KEY", pem},
        {"CAMPUSPAY__WECHAT__PAY__1__API_V3_KEY", v3_key},
    };
    CHECK(names(refusal(smallest(), twice), "wechat.pay.1.mch_id"));
}

TEST_CASE("a text that is no TOML names its line and none of its content") {
    const auto text = smallest();
    const auto line_with = [&](const std::string& what) {
        return static_cast<int>(
            1 + std::count(
                    text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(what)), '\n'
                )
        );
    };
    for (const std::string broken :
         {"token = \"callback-token-3e",
          "token = callback-token-3e",
          "token \"callback-token-3e\""}) {
        CAPTURE(broken);
        const auto whole = "token = \"callback-token-3e\"";
        const auto detail = refusal(replaced(text, whole, broken));
        CHECK(names(detail, fmt::format("line {}", line_with(whole))));
    }
    // A secret key given twice.
    const auto twice = replaced(text, "[school]", "master_key = \"callback-token-3e\"\n[school]");
    CHECK(refusal(twice) != "");
}

TEST_CASE("a secret of the configuration prints stars") {
    const auto conf = base::parse_conf(smallest(), {});
    CHECK(
        fmt::format(
            "{} {} {} {}",
            conf.database.url,
            conf.security.master_key,
            conf.account.token,
            conf.merchants[0].api_v3_key
        ) == "*** *** *** ***"
    );
}

TEST_CASE("a file is read, and one that cannot be read is named") {
    const scratch_folder folder;
    const auto path = folder.put("campuspay.toml", smallest());
    CHECK(base::read_conf(path, {}).school.name == "吉林交通职业技术学院");
    try {
        base::read_conf(folder.path_of("gone.toml"), {});
        FAIL("a missing file was read");
    } catch (const base::error& failure) {
        CHECK(failure.what_code() == base::errc::conf_invalid);
        CHECK(failure.detail().find("gone.toml") != std::string::npos);
    }
}

TEST_CASE("a flag is true or false, in the file and in the environment") {
    const auto with = [](const std::string& line) {
        auto text = smallest();
        const std::string section = "[school]\n";
        text.replace(text.find(section), section.size(), section + line + "\n");
        return text;
    };
    CHECK_FALSE(base::parse_conf(smallest(), {}).school.arrears_first);
    CHECK(base::parse_conf(with("arrears_first = true"), {}).school.arrears_first);
    const base::environment no{{"CAMPUSPAY__SCHOOL__ARREARS_FIRST", "false"}};
    CHECK_FALSE(base::parse_conf(with("arrears_first = true"), no).school.arrears_first);
    for (const auto* line : {"arrears_first = \"true\"", "arrears_first = 1"}) {
        CAPTURE(line);
        CHECK(names(refusal(with(line)), "school.arrears_first"));
    }
}
