-- nginx + Lua: the signature by ngx.hmac_sha1 over the sorted parameters, the answer from memory.
local webhook = {}

local companies = {}
local answer, url

function webhook.load(targets_file, answer_file, signed_url)
  for line in io.lines(targets_file) do
    local number, account_sid, auth_token = line:match("^([^,]+),([^,]+),([^,]+),")
    if number and number ~= "number" then
      companies[number] = { account_sid = account_sid, auth_token = auth_token }
    end
  end
  answer = assert(io.open(answer_file)):read("*l")
  url = signed_url
end

local function string_to_sign(args)
  local names, count = {}, 0
  for name in pairs(args) do
    count = count + 1
    names[count] = name
  end
  table.sort(names)
  local parts, at = { url }, 1
  for i = 1, count do
    parts[at + 1] = names[i]
    parts[at + 2] = args[names[i]]
    at = at + 2
  end
  return table.concat(parts)
end

-- Constant time: every byte is looked at, whatever the first ones were.
local function equal(a, b)
  if #a ~= #b then
    return false
  end
  local difference = 0
  for i = 1, #a do
    difference = bit.bor(difference, bit.bxor(a:byte(i), b:byte(i)))
  end
  return difference == 0
end

function webhook.handle()
  ngx.req.read_body()
  local args = ngx.req.get_post_args(256)
  for _, value in pairs(args) do
    if type(value) ~= "string" then -- a repeated name, or one without a value: Twilio sends neither
      return ngx.exit(400)
    end
  end
  local company = companies[args.To]
  if not company or company.account_sid ~= args.AccountSid then
    return ngx.exit(404)
  end
  local expected = ngx.encode_base64(ngx.hmac_sha1(company.auth_token, string_to_sign(args)))
  if not equal(expected, ngx.var.http_x_twilio_signature or "") then
    return ngx.exit(403)
  end
  ngx.header.content_type = "text/xml; charset=utf-8"
  ngx.header.content_length = #answer
  ngx.print(answer)
end

return webhook
