#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/secret.hpp"

// The configuration file (TOML) with overrides from the environment. The keys are the outer
// contract; conf/campuspay.toml.example explains each.
//
// Any key can be given as CAMPUSPAY__SECTION__KEY, also below arrays:
// CAMPUSPAY__WECHAT__PAY__0__MCH_ID. Any string may be `file:PATH`: its content, without the last
// line end, is the value.
namespace base {

struct server_conf {
    std::string listen = "127.0.0.1:8080";
    std::string ops_listen = "127.0.0.1:8081";
    std::string public_url = "http://127.0.0.1:8080";
    std::string static_dir = "h5/dist";
    std::string verify_files_dir;  // MP_verify_*.txt of the official account
    unsigned io_threads = 2;
    std::vector<std::string> trusted_proxies;
    std::string log_level = "info";
};

struct database_conf {
    secret url;
    unsigned pool_size = 4;
};

struct security_conf {
    secret master_key;                        // 32 bytes
    unsigned sign_in_tries_per_hour = 5;      // wrong ones, by account
    unsigned sign_in_tries_per_address = 60;  // wrong ones by address and hour: a campus shares one
    unsigned session_idle_minutes = 30;
    unsigned session_hours = 12;
    std::string password_recovery = "questions";  // questions | off
};

// For people who sit in it all day, and who may do much: shorter than for students.
struct console_conf {
    unsigned session_idle_minutes = 30;
    unsigned session_hours = 10;
    unsigned sign_in_tries_per_hour = 8;      // wrong ones, by account
    unsigned sign_in_tries_per_address = 40;  // wrong ones by address and hour
};

struct school_conf {
    std::string name;
    std::string platform = "校园统一支付平台";
    std::string help;
    std::string order_prefix = "CP";  // of order numbers, letters and digits
    unsigned order_minutes = 30;      // how long an order may be paid
    bool arrears_first = false;       // required fees of earlier periods come first
    // What rules::leaver_rule is made of: months of the calendar.
    unsigned leaver_year_begins = 9;
    std::vector<std::string> leaver_months_off{"7", "8"};
    bool leaver_lodging = true;
    std::map<std::string, std::string> english;  // Chinese name → English, for pages in English
};

// A template message of the account; without an id a customer-service text is sent instead.
struct template_conf {
    std::string id;
    std::map<std::string, std::string> fields;  // see server/base/template_fields.hpp
};

struct account_conf {
    std::string name;
    std::string app_id;
    secret app_secret;
    secret token;
    secret previous_token;
    secret encoding_aes_key;
    secret previous_encoding_aes_key;
    std::string mode = "safe";  // plain | compatible | safe
    std::string original_id;
    std::string api_base = "https://api.weixin.qq.com";
    std::string authorize_base = "https://open.weixin.qq.com";
    template_conf paid_template;
    template_conf refunded_template;
};

struct merchant_conf {
    std::string mch_id;
    std::string merchant_name;
    std::string serial_no;
    secret private_key;  // PEM
    secret api_v3_key;
    secret previous_api_v3_key;
    std::map<std::string, std::string> platform_keys;  // id or serial → PEM
    std::string api_base = "https://api.mch.weixin.qq.com";
    std::string backup_api_base;  // used only when nothing was sent
};

// The school's other system that hands out what was topped up. Without it no top-up is offered.
struct top_up_conf {
    std::string notify_url;
    secret key;  // shared with that system; signs each notice
};

struct conf {
    server_conf server;
    database_conf database;
    security_conf security;
    console_conf console;
    school_conf school;
    account_conf account;
    std::vector<merchant_conf> merchants;
    top_up_conf top_ups;
};

using environment = std::map<std::string, std::string>;

// Throws base::error{conf_invalid} naming each key that is missing, unknown or wrong (never its
// value when it is a secret). Relative paths are relative to the working directory.
conf read_conf(const std::string& path, const environment& overrides);
conf parse_conf(std::string_view toml, const environment& overrides);
environment process_environment();

}  // namespace base
