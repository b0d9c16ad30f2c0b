-- SPDX-License-Identifier: MIT
-- Haskell's websockets, with what every client program does: see python/scenario.py.
{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import Control.Exception (SomeException, fromException, try)
import qualified Data.ByteString.Char8 as Bytes
import qualified Data.ByteString.Lazy as Lazy
import qualified Data.ByteString.Lazy.Char8 as LazyChar
import qualified Network.WebSockets as WS
import System.Environment (getArgs)
import System.IO (BufferMode (LineBuffering), hSetBuffering, stdout)

say :: [String] -> IO ()
say = putStrLn . unwords . concatMap words

sample :: Int -> Lazy.ByteString
sample size = LazyChar.pack (take size (cycle ['a' .. 'z']))

-- Sends text and bytes of each size, and compares what comes back.
echo :: WS.Connection -> Int -> IO ()
echo socket size = mapM_ once [("text", WS.Text bytes Nothing), ("binary", WS.Binary bytes)]
  where
    bytes = sample size
    once (name, message) = do
      WS.sendDataMessage socket message
      received <- WS.receiveDataMessage socket
      say [if same message received then "echoed" else "garbled", name, show size]
    same (WS.Text one _) (WS.Text other _) = one == other
    same (WS.Binary one) (WS.Binary other) = one == other
    same _ _ = False

receive :: WS.Connection -> IO ()
receive socket = WS.receiveData socket >>= \text -> say ["text", Bytes.unpack text]

converse :: String -> WS.Connection -> IO ()
converse kind socket = case break (== '=') kind of
  ("echo", sizes) -> mapM_ (echo socket) (read ("[" ++ drop 1 sizes ++ "]") :: [Int]) >> end
  ("toggle", _) -> receive socket >> WS.sendTextData socket ("toggle" :: Bytes.ByteString) >> receive socket >> end
  _ -> receive socket >> converse kind socket
  where
    end = WS.sendClose socket ("" :: Bytes.ByteString) >> receive socket

-- The host, the port and the path of a URL.
parts :: String -> (String, Int, String)
parts url = (filter (`notElem` ("[]" :: String)) host, read port, path)
  where
    (authority, path) = break (== '/') (drop 5 url)
    (reversedPort, reversedHost) = break (== ':') (reverse authority)
    (port, host) = (reverse reversedPort, reverse (drop 1 reversedHost))

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering
  kind : url : values <- getArgs
  let (host, port, path) = parts url
      headers = [(name, Bytes.pack value) | (name, value) <- zip ["Origin", "Authorization"] values, value /= ""]
  result <- try $ WS.runClientWith host port path WS.defaultConnectionOptions headers $ \socket -> do
    say ["open"]
    try (converse kind socket) >>= closed
  either (\problem -> say ["refused", show (problem :: SomeException)]) return result

closed :: Either SomeException () -> IO ()
closed (Left problem) = case fromException problem of
  Just (WS.CloseRequest code words) -> say ["closed", show code, LazyChar.unpack words]
  _ -> say ["closed", "-", show problem]
closed (Right ()) = say ["closed", "-"]
